//! The hand-made lists invented guests are put together from. All entries are
//! common names, places or words on their own; no combination is meant.

/// Chinese surnames, the most frequent first.
pub(super) const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董\
潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙\
黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔单解翟";

/// Compound surnames that are met with.
pub(super) const COMPOUND: &[&str] =
    &["欧阳", "司马", "上官", "诸葛", "司徒", "皇甫", "慕容", "令狐", "东方", "尉迟"];

/// Characters of given names, as usual for men, for women and for both.
pub(super) const GIVEN_MALE: &str = "伟强磊军勇杰涛超鹏刚辉斌波峰龙浩宇轩博文昊天泽阳志建国华平飞健俊凯亮林栋\
钧毅达诚铭锋彬";
pub(super) const GIVEN_FEMALE: &str = "芳娜敏静丽艳娟霞秀玲婷雪梅琳莉红倩欣怡佳颖洁萍燕薇蕾瑶璐媛莹萌诗涵\
语梦雅婉菲蓉岚黛妍";
pub(super) const GIVEN_BOTH: &str = "小明晓晨思雨子一心安宁清云海春新乐然可瑞嘉家永元成玉书景星月青言知之若\
以行远同冬秋夏";

/// City, province (empty for the municipalities), district, postal code.
pub(super) const CITIES_CN: &[(&str, &str, &str, &str)] = &[
    ("北京市", "", "朝阳区", "100020"),
    ("北京市", "", "海淀区", "100080"),
    ("上海市", "", "浦东新区", "200120"),
    ("上海市", "", "徐汇区", "200030"),
    ("天津市", "", "和平区", "300041"),
    ("重庆市", "", "渝中区", "400010"),
    ("广州市", "广东省", "天河区", "510630"),
    ("深圳市", "广东省", "南山区", "518052"),
    ("杭州市", "浙江省", "西湖区", "310012"),
    ("宁波市", "浙江省", "鄞州区", "315100"),
    ("南京市", "江苏省", "鼓楼区", "210009"),
    ("苏州市", "江苏省", "姑苏区", "215008"),
    ("成都市", "四川省", "武侯区", "610041"),
    ("武汉市", "湖北省", "武昌区", "430061"),
    ("西安市", "陕西省", "雁塔区", "710061"),
    ("长沙市", "湖南省", "岳麓区", "410006"),
    ("青岛市", "山东省", "市南区", "266071"),
    ("济南市", "山东省", "历下区", "250014"),
    ("厦门市", "福建省", "思明区", "361004"),
    ("郑州市", "河南省", "金水区", "450003"),
    ("沈阳市", "辽宁省", "和平区", "110001"),
    ("大连市", "辽宁省", "中山区", "116001"),
    ("哈尔滨市", "黑龙江省", "南岗区", "150001"),
    ("昆明市", "云南省", "五华区", "650021"),
    ("合肥市", "安徽省", "蜀山区", "230031"),
];

pub(super) const STREETS_CN: &[&str] = &[
    "人民路",
    "中山路",
    "解放路",
    "建设路",
    "文化路",
    "新华路",
    "和平路",
    "长江路",
    "黄河路",
    "学府路",
    "滨河路",
    "花园路",
    "友谊街",
    "青年大街",
    "湖滨路",
    "迎宾大道",
];

/// The first three digits of mobile numbers in mainland China.
pub(super) const MOBILE_CN: &[&str] = &[
    "130", "131", "133", "135", "136", "137", "138", "139", "150", "151", "152", "155", "158", "159", "173",
    "175", "176", "177", "178", "180", "182", "185", "186", "187", "188", "189",
];

pub(super) const OCCUPATIONS_CN: &[&str] = &[
    "工程师",
    "教师",
    "医生",
    "律师",
    "会计",
    "设计师",
    "销售经理",
    "公务员",
    "企业主",
    "研究员",
    "护士",
    "退休",
    "学生",
    "摄影师",
];
pub(super) const OCCUPATIONS: &[&str] = &[
    "engineer",
    "teacher",
    "physician",
    "lawyer",
    "accountant",
    "designer",
    "sales manager",
    "civil servant",
    "business owner",
    "researcher",
    "nurse",
    "retired",
    "student",
    "journalist",
];

pub(super) const TAGS: &[&str] = &[
    "business",
    "family",
    "long_stay",
    "quiet_room",
    "high_floor",
    "late_arrival",
    "conference",
    "honeymoon",
    "vegetarian",
    "loyalty",
];

/// What the guests of one country are made of. Lists are separated by spaces.
#[derive(Clone, Copy)]
pub(super) struct Country {
    pub code: &'static str,
    pub language: &'static str,
    pub male: &'static str,
    pub female: &'static str,
    pub surnames: &'static str,
    /// City, state or empty, postal code.
    pub cities: &'static [(&'static str, &'static str, &'static str)],
    /// Street names; `#` stands for the house number.
    pub streets: &'static [&'static str],
    /// Beginnings of mobile numbers with the count of digits that follow.
    pub phones: &'static [(&'static str, usize)],
}

pub(super) const COUNTRIES: &[Country] = &[
    Country {
        code: "US",
        language: "en",
        male: "James Robert Michael David William Thomas Daniel Matthew Andrew Kevin Brian Jason Tyler Marcus Henry Owen",
        female: "Mary Jennifer Linda Susan Jessica Karen Emily Ashley Megan Rachel Hannah Olivia Grace Chloe Nora Abigail",
        surnames: "Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Moore Jackson Martin Thompson Clark Lewis Walker Hall O'Brien Rivera",
        cities: &[
            ("Portland", "OR", "97205"),
            ("Denver", "CO", "80202"),
            ("Austin", "TX", "78701"),
            ("Chicago", "IL", "60601"),
            ("Boston", "MA", "02108"),
            ("Seattle", "WA", "98101"),
        ],
        streets: &[
            "# Maple Street",
            "# Oak Avenue",
            "# Cedar Lane",
            "# Washington Street",
            "# Lakeview Drive",
        ],
        phones: &[
            ("+15032", 6),
            ("+13034", 6),
            ("+15123", 6),
            ("+13126", 6),
            ("+16177", 6),
            ("+12064", 6),
            ("+14157", 6),
            ("+16022", 6),
        ],
    },
    Country {
        code: "GB",
        language: "en",
        male: "Oliver George Harry Jack Thomas Alfie Edward Simon Graham Nigel Alistair Rhys Callum Stuart",
        female: "Amelia Charlotte Sophie Lucy Emma Victoria Fiona Bronwen Isla Poppy Eleanor Harriet Gillian Heather",
        surnames: "Smith Jones Taylor Evans Roberts Walker Wright Hughes Edwards Green Wood Clarke Turner Campbell MacDonald O'Neill Fraser Cooper Barker Whitfield",
        cities: &[
            ("London", "", "SW1V 3AB"),
            ("Manchester", "", "M1 4BT"),
            ("Bristol", "", "BS1 5TR"),
            ("Edinburgh", "", "EH2 2ER"),
            ("Leeds", "", "LS1 4AP"),
        ],
        streets: &["# High Street", "# Station Road", "# Church Lane", "# Mill Road", "# Victoria Terrace"],
        phones: &[("+447400", 6), ("+447500", 6), ("+447801", 6), ("+447912", 6)],
    },
    Country {
        code: "FR",
        language: "fr",
        male: "Pierre Jean-Paul Lucas Hugo Louis Antoine Nicolas Julien Étienne François Mathieu Rémi Gaël Benoît",
        female: "Marie Camille Léa Chloé Manon Élodie Céline Hélène Aurélie Anne-Sophie Juliette Margaux Inès Noémie",
        surnames: "Martin Bernard Dubois Petit Durand Leroy Moreau Lefèvre Girard Rousseau Fontaine Chevalier Gauthier Perrin Lemaître Béranger",
        cities: &[
            ("Paris", "", "75011"),
            ("Lyon", "", "69003"),
            ("Bordeaux", "", "33000"),
            ("Nantes", "", "44000"),
            ("Lille", "", "59800"),
        ],
        streets: &[
            "# rue de la République",
            "# avenue Victor Hugo",
            "# rue des Lilas",
            "# place du Marché",
            "# boulevard Voltaire",
        ],
        phones: &[("+3361", 7), ("+3366", 7), ("+3367", 7), ("+3368", 7)],
    },
    Country {
        code: "DE",
        language: "de",
        male: "Lukas Felix Jonas Maximilian Jürgen Wolfgang Stefan Andreas Sebastian Björn Günther Matthias Uwe Tobias",
        female: "Anna Lena Katharina Sabine Ursula Heike Jana Franziska Käthe Annika Brigitte Silke Ulrike Marlene",
        surnames: "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schäfer Koch Richter Klein Krüger Hofmann Groß Köhler Vogel Zimmermann",
        cities: &[
            ("Berlin", "", "10115"),
            ("Hamburg", "", "20095"),
            ("München", "", "80331"),
            ("Köln", "", "50667"),
            ("Leipzig", "", "04109"),
        ],
        streets: &["Hauptstraße #", "Bahnhofstraße #", "Gartenweg #", "Lindenallee #", "Schillerstraße #"],
        phones: &[("+491511", 7), ("+491520", 7), ("+491573", 7)],
    },
    Country {
        code: "ES",
        language: "es",
        male: "José Antonio Manuel Javier Carlos Miguel Álvaro Sergio Iñaki Ramón Andrés Diego Jesús Pablo",
        female: "María Carmen Lucía Paula Begoña Inmaculada Pilar Sofía Elena Nuria Rocío Ainhoa Belén Irene",
        surnames: "García Fernández González Rodríguez López Martínez Sánchez Pérez Gómez Ruiz Muñoz Ibáñez Navarro Ortega Núñez García-López",
        cities: &[
            ("Madrid", "", "28013"),
            ("Barcelona", "", "08002"),
            ("Valencia", "", "46002"),
            ("Sevilla", "", "41001"),
            ("Bilbao", "", "48001"),
        ],
        streets: &["Calle Mayor, #", "Calle del Sol, #", "Avenida de la Paz, #", "Plaza Nueva, #"],
        phones: &[("+346", 8)],
    },
    Country {
        code: "IT",
        language: "it",
        male: "Marco Luca Giuseppe Alessandro Matteo Andrea Francesco Davide Paolo Stefano Nicolò Enrico",
        female: "Giulia Chiara Francesca Sara Martina Elena Valentina Silvia Paola Beatrice Ludovica Ilaria",
        surnames: "Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Conti D'Angelo Gallo Fontana Barbieri",
        cities: &[
            ("Roma", "", "00184"),
            ("Milano", "", "20121"),
            ("Torino", "", "10121"),
            ("Firenze", "", "50122"),
            ("Napoli", "", "80133"),
        ],
        streets: &["Via Roma, #", "Via Garibaldi, #", "Corso Italia, #", "Piazza Dante, #"],
        phones: &[("+39340", 7), ("+39333", 7), ("+39328", 7)],
    },
    Country {
        code: "AU",
        language: "en",
        male: "Jack Noah Lachlan Cooper Angus Hamish Darcy Mitchell Brett Shane",
        female: "Matilda Charlotte Mia Kylie Narelle Bronte Tahlia Georgia Imogen Zara",
        surnames: "Smith Nguyen Wilson Kelly Ryan Walsh Campbell Murphy Harrison Doyle Whitlam Barton",
        cities: &[
            ("Sydney", "NSW", "2000"),
            ("Melbourne", "VIC", "3000"),
            ("Brisbane", "QLD", "4000"),
            ("Perth", "WA", "6000"),
        ],
        streets: &["# George Street", "# Wattle Avenue", "# Beach Road", "# Railway Parade"],
        phones: &[("+61412", 6), ("+61423", 6), ("+61438", 6)],
    },
];

/// A country whose names are in a script of its own: each entry is the name as
/// written, its phonetic spelling (empty for none) and its Latin spelling.
#[derive(Clone, Copy)]
pub(super) struct NativeCountry {
    pub code: &'static str,
    pub language: &'static str,
    pub script: &'static str,
    pub male: &'static [(&'static str, &'static str, &'static str)],
    pub female: &'static [(&'static str, &'static str, &'static str)],
    pub surnames: &'static [(&'static str, &'static str, &'static str)],
    /// City, state, postal code.
    pub cities: &'static [(&'static str, &'static str, &'static str)],
    /// Street or block names; `#` stands for the number.
    pub streets: &'static [&'static str],
    pub phones: &'static [(&'static str, usize)],
}

pub(super) const JAPAN: NativeCountry = NativeCountry {
    code: "JP",
    language: "ja",
    script: "Jpan",
    male: &[
        ("健太", "ケンタ", "Kenta"),
        ("翔太", "ショウタ", "Shota"),
        ("大輔", "ダイスケ", "Daisuke"),
        ("拓也", "タクヤ", "Takuya"),
        ("直樹", "ナオキ", "Naoki"),
        ("誠", "マコト", "Makoto"),
        ("一郎", "イチロウ", "Ichiro"),
        ("亮", "リョウ", "Ryo"),
    ],
    female: &[
        ("さくら", "サクラ", "Sakura"),
        ("美咲", "ミサキ", "Misaki"),
        ("陽子", "ヨウコ", "Yoko"),
        ("由美", "ユミ", "Yumi"),
        ("愛", "アイ", "Ai"),
        ("ひかり", "ヒカリ", "Hikari"),
        ("直美", "ナオミ", "Naomi"),
        ("香織", "カオリ", "Kaori"),
    ],
    surnames: &[
        ("佐藤", "サトウ", "Sato"),
        ("鈴木", "スズキ", "Suzuki"),
        ("高橋", "タカハシ", "Takahashi"),
        ("田中", "タナカ", "Tanaka"),
        ("渡辺", "ワタナベ", "Watanabe"),
        ("伊藤", "イトウ", "Ito"),
        ("山本", "ヤマモト", "Yamamoto"),
        ("中村", "ナカムラ", "Nakamura"),
        ("小林", "コバヤシ", "Kobayashi"),
        ("加藤", "カトウ", "Kato"),
        ("佐々木", "ササキ", "Sasaki"),
        ("森", "モリ", "Mori"),
    ],
    cities: &[
        ("新宿区", "東京都", "160-0022"),
        ("横浜市西区", "神奈川県", "220-0011"),
        ("大阪市北区", "大阪府", "530-0001"),
        ("札幌市中央区", "北海道", "060-0001"),
        ("福岡市博多区", "福岡県", "812-0011"),
    ],
    streets: &["本町#番地", "中央#番地", "緑町#番地", "栄#番地"],
    phones: &[("+81901", 7), ("+81903", 7), ("+81908", 7), ("+81804", 7)],
};

pub(super) const KOREA: NativeCountry = NativeCountry {
    code: "KR",
    language: "ko",
    script: "Kore",
    male: &[
        ("민수", "", "Minsu"),
        ("지훈", "", "Jihoon"),
        ("성민", "", "Sungmin"),
        ("현우", "", "Hyunwoo"),
        ("동현", "", "Donghyun"),
        ("준호", "", "Junho"),
    ],
    female: &[
        ("지은", "", "Jieun"),
        ("수진", "", "Sujin"),
        ("민지", "", "Minji"),
        ("은영", "", "Eunyoung"),
        ("서연", "", "Seoyeon"),
        ("하나", "", "Hana"),
    ],
    surnames: &[
        ("김", "", "Kim"),
        ("이", "", "Lee"),
        ("박", "", "Park"),
        ("최", "", "Choi"),
        ("정", "", "Jung"),
        ("강", "", "Kang"),
        ("조", "", "Cho"),
        ("윤", "", "Yoon"),
        ("장", "", "Jang"),
        ("임", "", "Lim"),
    ],
    cities: &[
        ("서울특별시", "", "04524"),
        ("부산광역시", "", "48058"),
        ("인천광역시", "", "21554"),
        ("대구광역시", "", "41911"),
    ],
    streets: &["중앙로 #", "한강대로 #", "시청로 #", "공원로 #"],
    phones: &[("+8210", 8)],
};
