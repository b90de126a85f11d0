//! Mandarin readings (pinyin) of Han characters, surnames and given names, and
//! the splitting of romanised words into syllables. Pure functions on tables.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use pinyin::ToPinyin;

/// No romanised name handled as Chinese is longer than this many syllables; it
/// also bounds the search for a split.
const MAX_SYLLABLES: usize = 6;

const LONGEST_SYLLABLE: usize = 6;

/// Readings a character has as a surname, the customary one first. Characters
/// whose everyday reading is also their surname reading are not listed.
const SURNAME_READINGS: &[(char, &[&str])] = &[
    ('单', &["shan"]),
    ('單', &["shan"]),
    ('曾', &["zeng"]),
    ('解', &["xie"]),
    ('仇', &["qiu"]),
    ('区', &["ou"]),
    ('區', &["ou"]),
    ('查', &["zha"]),
    ('翟', &["zhai", "di"]),
    ('盖', &["ge", "gai"]),
    ('蓋', &["ge", "gai"]),
    ('朴', &["piao", "pu"]),
    ('乐', &["yue", "le"]),
    ('樂', &["yue", "le"]),
    ('缪', &["miao"]),
    ('繆', &["miao"]),
    ('覃', &["qin", "tan"]),
    ('谌', &["chen", "shen"]),
    ('召', &["shao"]),
    ('种', &["chong"]),
    ('重', &["chong"]),
    ('折', &["she"]),
    ('员', &["yun"]),
    ('員', &["yun"]),
    ('洗', &["xian"]),
    ('秘', &["bi"]),
    ('牟', &["mu", "mou"]),
    ('郇', &["xun", "huan"]),
    ('黑', &["he"]),
    ('繁', &["po"]),
    ('祭', &["zhai"]),
    ('隗', &["wei", "kui"]),
    ('乜', &["nie"]),
    ('句', &["gou"]),
    ('柏', &["bai", "bo"]),
    ('薄', &["bo"]),
    ('莘', &["shen", "xin"]),
    ('藏', &["zang"]),
    ('费', &["fei", "bi"]),
    ('都', &["du"]),
    ('长', &["chang", "zhang"]),
    ('尉', &["wei", "yu"]),
    ('郗', &["xi", "chi"]),
];

/// Readings customary in given names where the dictionary default is another.
const GIVEN_READINGS: &[(char, &str)] = &[
    ('晟', "sheng"),
    ('隽', "jun"),
    ('长', "chang"),
    ('乐', "yue"),
    ('茜', "xi"),
    ('行', "hang"),
    ('曾', "zeng"),
];

/// Compound surnames whose characters have their default readings.
const COMPOUND_SURNAMES: &str = "欧阳 歐陽 司马 司馬 上官 诸葛 諸葛 司徒 司空 司寇 东方 東方 \
独孤 獨孤 南宫 南宮 闻人 聞人 夏侯 公羊 公冶 公孙 公孫 公西 公良 宗政 濮阳 濮陽 淳于 太叔 \
申屠 仲孙 仲孫 轩辕 軒轅 令狐 钟离 鍾離 宇文 慕容 鲜于 鮮于 闾丘 亓官 颛孙 端木 巫马 巫馬 \
漆雕 壤驷 谷梁 段干 百里 呼延 东郭 東郭 南门 南門 羊舌 微生 左丘 西门 西門 第五 皇甫 赫连 \
赫連 纳兰 納蘭 完颜 完顏 耶律 叶赫 拓跋 宰父 长孙 長孫";

/// Compound surnames with a reading of their own.
const COMPOUND_READINGS: &[(&str, &[&str])] = &[
    ("万俟", &["mo", "qi"]),
    ("萬俟", &["mo", "qi"]),
    ("尉迟", &["yu", "chi"]),
    ("尉遲", &["yu", "chi"]),
    ("单于", &["chan", "yu"]),
    ("單于", &["chan", "yu"]),
    ("澹台", &["tan", "tai"]),
    ("澹臺", &["tan", "tai"]),
    ("乐正", &["yue", "zheng"]),
    ("樂正", &["yue", "zheng"]),
    ("子车", &["zi", "ju"]),
    ("夹谷", &["jia", "gu"]),
];

/// Every toneless Mandarin syllable that occurs in romanised names, with the
/// spellings in use for `ü` (`v`, `u` and the passport form `yu`).
const SYLLABLES: &str = "a ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing \
bo bu ca cai can cang cao ce cen ceng cha chai chan chang chao che chen cheng chi chong chou chu \
chua chuai chuan chuang chui chun chuo ci cong cou cu cuan cui cun cuo da dai dan dang dao de den \
deng di dian diao die ding diu dong dou du duan dui dun duo e ei en eng er fa fan fang fei fen \
feng fo fou fu ga gai gan gang gao ge gei gen geng gong gou gu gua guai guan guang gui gun guo ha \
hai han hang hao he hei hen heng hong hou hu hua huai huan huang hui hun huo ji jia jian jiang \
jiao jie jin jing jiong jiu ju juan jue jun ka kai kan kang kao ke ken keng kong kou ku kua kuai \
kuan kuang kui kun kuo la lai lan lang lao le lei leng li lia lian liang liao lie lin ling liu lo \
long lou lu luan lue lun luo lv lve lyu ma mai man mang mao me mei men meng mi mian miao mie min \
ming miu mo mou mu na nai nan nang nao ne nei nen neng ni nian niang niao nie nin ning niu nong \
nou nu nuan nue nun nuo nv nve nyu o ou pa pai pan pang pao pei pen peng pi pian piao pie pin ping \
po pou pu qi qia qian qiang qiao qie qin qing qiong qiu qu quan que qun ran rang rao re ren reng \
ri rong rou ru rua ruan rui run ruo sa sai san sang sao se sen seng sha shai shan shang shao she \
shei shen sheng shi shou shu shua shuai shuan shuang shui shun shuo si song sou su suan sui sun \
suo ta tai tan tang tao te teng ti tian tiao tie ting tong tou tu tuan tui tun tuo wa wai wan wang \
wei wen weng wo wu xi xia xian xiang xiao xie xin xing xiong xiu xu xuan xue xun ya yan yang yao \
ye yi yin ying yo yong you yu yuan yue yun za zai zan zang zao ze zei zen zeng zha zhai zhan zhang \
zhao zhe zhen zheng zhi zhong zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo zi zong zou zu zuan \
zui zun zuo";

static SYLLABLE_SET: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| SYLLABLES.split(' ').collect());

/// The everyday toneless reading of one Han character, in ASCII; `None` for
/// anything without one. `ü` is written `v` (`吕` is `lv`): the spelling of
/// input methods, and the only one that keeps it apart from `u`. [`crate::kit::text::fold`] turns
/// a typed `ü` into `u`, so whoever indexes readings stores every spelling of
/// [`spellings`], and `lv`, `lu`, `lü` and the passport's `lyu` all find `吕`.
pub fn pinyin_of(c: char) -> Option<&'static str> {
    if c == '〇' {
        return Some("ling");
    }
    Some(match c.to_pinyin()?.plain() {
        "lü" => "lv",
        "lüe" => "lve",
        "nü" => "nv",
        "nüe" => "nve",
        plain => plain,
    })
}

/// The ways a reading is typed: as given, and for `ü` syllables also with `u`
/// and with `yu` (`lv`, `lu`, `lyu`). One to three entries, each distinct.
pub fn spellings(syllables: &[&str]) -> Vec<Vec<String>> {
    let with = |u: &str| -> Vec<String> { syllables.iter().map(|s| s.replace('v', u)).collect() };
    if syllables.iter().any(|s| s.contains('v')) {
        vec![with("v"), with("u"), with("yu")]
    } else {
        vec![with("v")]
    }
}

/// The everyday readings of a text made of Han characters only; `None` when it
/// is empty or any character has no reading.
pub fn syllables(han: &str) -> Option<Vec<&'static str>> {
    let read: Option<Vec<_>> = han.chars().map(pinyin_of).collect();
    read.filter(|list| !list.is_empty())
}

/// The readings of a Han surname, syllable by syllable: the customary surname
/// reading first, the everyday one after it when it differs. Empty when the
/// text is not a Han text with known readings.
pub fn surname_readings(surname: &str) -> Vec<Vec<&'static str>> {
    let mut found: Vec<Vec<&'static str>> = Vec::new();
    if let Some((_, reading)) = COMPOUND_READINGS.iter().find(|(s, _)| *s == surname) {
        found.push(reading.to_vec());
    }
    let mut chars = surname.chars();
    if let (Some(only), None) = (chars.next(), chars.next())
        && let Some((_, readings)) = SURNAME_READINGS.iter().find(|(c, _)| *c == only)
    {
        found.extend(readings.iter().map(|r| vec![*r]));
    }
    if let Some(everyday) = syllables(surname)
        && !found.contains(&everyday)
    {
        found.push(everyday);
    }
    found
}

/// [`surname_readings`] with the syllables of each reading joined:
/// `单` gives `shan`, `dan`; `尉迟` gives `yuchi`, `weichi`.
pub fn surname_pinyin(surname: &str) -> Vec<String> {
    surname_readings(surname).iter().map(|r| r.concat()).collect()
}

/// The readings of a Han given name: the everyday one, then one with the
/// readings customary in given names when that differs. Empty as for surnames.
pub fn given_readings(given: &str) -> Vec<Vec<&'static str>> {
    let Some(everyday) = syllables(given) else {
        return Vec::new();
    };
    let customary: Vec<&'static str> = given
        .chars()
        .zip(&everyday)
        .map(|(c, read)| GIVEN_READINGS.iter().find(|(k, _)| *k == c).map_or(*read, |(_, r)| *r))
        .collect();
    if customary == everyday { vec![everyday] } else { vec![everyday, customary] }
}

/// The compound surname an unsplit Han name begins with, if it begins with one.
pub fn compound_surname(name: &str) -> Option<&'static str> {
    COMPOUND_SURNAMES
        .split(' ')
        .chain(COMPOUND_READINGS.iter().map(|(s, _)| *s))
        .find(|s| name.starts_with(*s))
}

/// Splits a folded Latin word into Mandarin syllables (`xiaoming` gives `xiao`,
/// `ming`); `None` when it is not made of one to six of them. As in the
/// orthography, a later syllable starts with a consonant where possible.
pub fn romanised_syllables(word: &str) -> Option<Vec<&str>> {
    if !word.is_ascii() {
        return None;
    }
    split_syllables(word, MAX_SYLLABLES, true).or_else(|| split_syllables(word, MAX_SYLLABLES, false))
}

fn split_syllables(word: &str, left: usize, consonants: bool) -> Option<Vec<&str>> {
    let left = left.checked_sub(1)?;
    if SYLLABLE_SET.contains(word) {
        return Some(vec![word]);
    }
    (1..=LONGEST_SYLLABLE).rev().find_map(|length| {
        let (head, tail) = word.split_at_checked(length)?;
        if !SYLLABLE_SET.contains(head) || (consonants && tail.starts_with(['a', 'e', 'o'])) {
            return None;
        }
        let mut rest = split_syllables(tail, left, consonants)?;
        rest.insert(0, head);
        Some(rest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_are_plain_ascii() {
        assert_eq!(pinyin_of('王'), Some("wang"));
        for (c, read) in [('吕', "lv"), ('略', "lve"), ('女', "nv"), ('虐', "nve")] {
            assert_eq!(pinyin_of(c), Some(read));
        }
        assert_eq!(pinyin_of('〇'), Some("ling"));
        assert_eq!(pinyin_of('a'), None);
        for c in (0x3400..0xA000).filter_map(char::from_u32) {
            if let Some(read) = pinyin_of(c) {
                assert!(!read.is_empty() && read.bytes().all(|b| b.is_ascii_lowercase()), "{c}");
            }
        }
        let typed: Vec<String> = spellings(&["lv", "bu"]).iter().map(|s| s.concat()).collect();
        assert_eq!(typed, ["lvbu", "lubu", "lyubu"]);
    }

    #[test]
    fn surnames_have_their_own_readings() {
        for (surname, expected) in [
            ("单", "shan dan"),
            ("曾", "zeng ceng"),
            ("解", "xie jie"),
            ("区", "ou qu"),
            ("查", "zha cha"),
            ("任", "ren"),
            ("翟", "zhai di"),
            ("盖", "ge gai"),
            ("朴", "piao pu"),
            ("乐", "yue le"),
            ("万俟", "moqi wanqi"),
            ("尉迟", "yuchi weichi"),
            ("欧阳", "ouyang"),
            ("Wang", ""),
            ("", ""),
        ] {
            assert_eq!(surname_pinyin(surname).join(" "), expected, "{surname}");
        }
        assert_eq!(compound_surname("诸葛亮"), Some("诸葛"));
        assert_eq!(compound_surname("尉迟恭"), Some("尉迟"));
        assert_eq!(compound_surname("王小明"), None);
        assert_eq!(given_readings("晟").len(), 2);
        for (surname, readings) in SURNAME_READINGS {
            let everyday: Vec<_> = pinyin_of(*surname).into_iter().collect();
            assert_ne!(*readings, everyday, "{surname} needs no entry");
        }
        for (c, read) in GIVEN_READINGS {
            assert_ne!(Some(*read), pinyin_of(*c), "{c} needs no entry");
        }
        for surname in COMPOUND_SURNAMES.split(' ') {
            assert!(syllables(surname).is_some_and(|list| list.len() == 2), "{surname}");
        }
    }

    #[test]
    fn romanised_words_split_into_syllables() {
        assert_eq!(romanised_syllables("xiaoming"), Some(vec!["xiao", "ming"]));
        assert_eq!(romanised_syllables("fangan"), Some(vec!["fan", "gan"]));
        assert_eq!(romanised_syllables("xiaoan"), Some(vec!["xiao", "an"]));
        assert_eq!(romanised_syllables(""), None);
        assert_eq!(romanised_syllables(&"na".repeat(40)), None);
        assert_eq!(romanised_syllables("nana"), Some(vec!["na", "na"]));
        assert_eq!(romanised_syllables("john"), None);
        assert_eq!(romanised_syllables("müller"), None);
    }
}
