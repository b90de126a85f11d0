use super::from_text;
use crate::preferences::catalogue::shipped;
use crate::preferences::model::Polarity::{self, Dislike, Like, Must, MustNot};

fn asked(text: &str) -> Vec<(String, Polarity)> {
    from_text(shipped(), text).into_iter().map(|found| (found.code, found.polarity)).collect()
}

#[track_caller]
fn is(text: &str, wanted: &[(&str, Polarity)]) {
    let wanted: Vec<_> = wanted.iter().map(|(code, polarity)| ((*code).to_owned(), *polarity)).collect();
    assert_eq!(asked(text), wanted, "{text}");
}

#[test]
fn what_is_asked_for_is_recognised_in_both_languages() {
    is("请安排高楼层、安静的房间", &[("high_floor", Like), ("quiet_room", Like)]);
    is(
        "High floor, quiet room and a crib please!",
        &[("high_floor", Like), ("quiet_room", Like), ("crib", Like)],
    );
    is("ＨＩＧＨ ＦＬＯＯＲ", &[("high_floor", Like)]);
    is("两张床，远离电梯", &[("twin_beds", Like), ("away_from_elevator", Like)]);
    is("", &[]);
    is("Arriving late, thank you", &[]);
}

#[test]
fn what_is_asked_against_turns() {
    is("不要高楼层", &[("high_floor", MustNot)]);
    is("不要高楼层，要低楼层", &[("high_floor", MustNot), ("low_floor", Like)]);
    is("不要高楼层要低楼层", &[("high_floor", MustNot), ("low_floor", Like)]);
    is("不要浴缸和淋浴", &[("bathtub", MustNot), ("shower", MustNot)]);
    is("不喜欢浴缸", &[("bathtub", Dislike)]);
    is("no bathtub please, shower", &[("bathtub", MustNot), ("shower", Like)]);
    is("a room without bathtub but on a high floor", &[("bathtub", MustNot), ("high_floor", Like)]);
    is("must have twin beds", &[("twin_beds", Must)]);
    is("必须高楼层", &[("high_floor", Must)]);
}

#[test]
fn the_longest_words_win() {
    is("无烟房", &[("non_smoking_room", Like)]);
    is("no smoking room", &[("non_smoking_room", Like)]);
    is("不要酒放在迷你吧", &[("no_alcohol_in_minibar", Like)]);
    is("near the elevator", &[("near_elevator", Like)]);
    is("not near the elevator", &[("away_from_elevator", Like)]);
}

#[test]
fn allergies_are_meant_strictly_and_denied_ones_are_none() {
    is("花生过敏", &[("allergy_peanuts", MustNot)]);
    is("对花生过敏，请注意", &[("allergy_peanuts", MustNot)]);
    is("My son is allergic to peanuts", &[("allergy_peanuts", MustNot)]);
    is("没有花生过敏", &[]);
    is("no peanut allergy", &[]);
}

#[test]
fn words_inside_words_are_none_and_the_words_are_told_as_written() {
    is("showering", &[]);
    is("cribs", &[("crib", Like)]);
    let found = from_text(shipped(), "Please a High Floor");
    assert_eq!(found[0].matched, "High Floor");
    let long = "高楼层，".repeat(5_000);
    assert_eq!(from_text(shipped(), &long).len(), 1);
}
