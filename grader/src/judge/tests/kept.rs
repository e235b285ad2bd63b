//! What managers keep is judged like any shared value: its elements, what is at its keys, its single values.

use procesos_trace::{Method, ObjectId, ObjectKind, Op};
use serde_json::{Value as Json, json};

use super::story::{P0, Story, at};
use super::{assert_kept, broken, no_race, right_result};
use crate::course::Claim;
use crate::judge::finding::{Finding, LostCause};
use crate::run::Ending;

type Whole = (ObjectId, Option<ObjectId>);

/// A dictionary, and what is at one of its keys.
fn entry(story: &mut Story) -> Whole {
    let dict = story.kept(ObjectKind::Dict, "sumas");
    (dict, Some(story.part(dict, "\"Ada\"")))
}

fn reported(mut story: Story, seen: Json, wanted: Json) -> crate::run::Run {
    story.result("total", seen).result("esperado", wanted);
    story.run()
}

#[track_caller]
fn assert_safe(story: Story) {
    assert_kept(&no_race(), &reported(story, json!(2), json!(2)));
}

#[track_caller]
fn assert_lost(story: Story, name: &str) -> Finding {
    let found = broken(&no_race(), &reported(story, json!(2), json!(2)));
    match &found {
        Finding::LostUpdate { value, .. } => assert_eq!(value.name.as_deref(), Some(name)),
        other => panic!("{other:?}"),
    }
    found
}

/// A read and a write one more than what was read.
fn add(story: &mut Story, p: usize, part: Whole, read: i64) {
    story.ask(p, part, Method::Get, Ok(read)).ask(p, part, Method::Set, Ok(read + 1));
}

#[test]
fn two_calls_without_a_lock_can_lose_though_nothing_was_lost() {
    let mut story = Story::new();
    let part = entry(&mut story);
    let [one, other] = story.start_some();
    add(&mut story, one, part, 0);
    add(&mut story, other, part, 1);
    story.finish_all(&[one, other]);
    let Finding::LostUpdate { cause, steps, left, .. } = assert_lost(story, "sumas[\"Ada\"]") else { return };
    assert_eq!((cause, left), (LostCause::NoLock, Some(("2".to_owned(), "1".to_owned()))));
    let told: Vec<_> = steps.iter().map(|step| (step.method, step.value.as_str())).collect();
    let (get, set) = (Some(Method::Get), Some(Method::Set));
    assert_eq!(told, [(get, "0"), (get, "0"), (set, "1"), (set, "1")]);
}

#[test]
fn two_calls_within_one_lock_lose_nothing() {
    let mut story = Story::new();
    let (part, lock) = (entry(&mut story), story.lock("lock"));
    let [one, other] = story.start_some();
    for (p, read) in [(one, 0), (other, 1)] {
        story.acquire(p, lock);
        add(&mut story, p, part, read);
        story.release(p, lock);
    }
    story.finish_all(&[one, other]);
    assert_safe(story);
}

#[test]
fn other_keys_are_other_values() {
    let mut story = Story::new();
    let (dict, ada) = entry(&mut story);
    let alan = story.part(dict, "\"Alan\"");
    let [one, other] = story.start_some();
    add(&mut story, one, (dict, ada), 0);
    add(&mut story, other, (dict, Some(alan)), 0);
    story.finish_all(&[one, other]);
    assert_safe(story);
}

/// A call of a manager says nothing of who came before.
#[test]
fn calls_order_no_clients() {
    let mut story = Story::new();
    let (value, (dict, part)) = (story.value("contador", 0), entry(&mut story));
    let [one, other] = story.start_some();
    story.add(one, value, 1).ask(one, (dict, part), Method::Set, Ok(1));
    story.ask(other, (dict, part), Method::Set, Ok(2)).add(other, value, 1);
    story.finish_all(&[one, other]);
    assert_lost(story, "contador");
}

/// It may be how the program takes turns, as a shared value may be.
#[test]
fn what_is_read_of_a_manager_may_say_whose_turn_it_is() {
    for method in [Method::Get, Method::Len, Method::ToVec] {
        let mut story = Story::new();
        let value = story.value("contador", 0);
        let list = story.kept(ObjectKind::List, "listos");
        let first = story.part(list, "0");
        let [one, other] = story.start_some();
        story.add(one, value, 1).ask(one, (list, Some(first)), Method::Set, Ok(1));
        let part = (method == Method::Get).then_some(first);
        story.ask(other, (list, part), method, Ok(1)).add(other, value, 1);
        story.finish_all(&[one, other]);
        assert_safe(story);
    }
}

#[test]
fn what_reads_all_reads_each_and_what_clears_all_writes_each() {
    let mut story = Story::new();
    let (dict, part) = entry(&mut story);
    let [one, other] = story.start_some();
    story.ask(one, (dict, None), Method::Items, Err("")).ask(one, (dict, part), Method::Set, Ok(3));
    story.ask(other, (dict, part), Method::Set, Ok(4)).finish_all(&[one, other]);
    assert_lost(story, "sumas[\"Ada\"]");
    let mut story = Story::new();
    let (dict, part) = entry(&mut story);
    let [one, other] = story.start_some();
    add(&mut story, one, (dict, part), 0);
    story.ask(other, (dict, None), Method::Clear, Err("None")).finish_all(&[one, other]);
    assert_lost(story, "sumas[\"Ada\"]");
}

#[test]
fn what_one_call_does_is_no_update() {
    for method in [Method::Remove, Method::SetDefault] {
        let mut story = Story::new();
        let part = entry(&mut story);
        let [one, other] = story.start_some();
        for p in [one, other] {
            story.ask(p, part, Method::ContainsKey, Err("true")).ask(p, part, method, Ok(1));
        }
        story.finish_all(&[one, other]);
        assert_safe(story);
    }
}

#[test]
fn what_a_default_gave_and_is_written_again_is_an_update() {
    let mut story = Story::new();
    let part = entry(&mut story);
    let [one, other] = story.start_some();
    for (p, read) in [(one, 0), (other, 1)] {
        story.ask(p, part, Method::SetDefault, Ok(read)).ask(p, part, Method::Set, Ok(read + 1));
    }
    story.finish_all(&[one, other]);
    assert_lost(story, "sumas[\"Ada\"]");
}

/// Everybody who finds nothing puts the same: whoever comes first. Where it came out wrong that was none.
#[test]
fn filling_what_is_empty_with_the_same_loses_nothing() {
    let filled = || {
        let mut story = Story::new();
        let part = entry(&mut story);
        let [one, other] = story.start_some();
        for p in [one, other] {
            story.ask(p, part, Method::Get, Err("None"));
        }
        for p in [one, other] {
            story.ask(p, part, Method::Set, Ok(1));
        }
        story.finish_all(&[one, other]);
        story
    };
    assert_safe(filled());
    let wrong = reported(filled(), json!(1), json!(2));
    assert!(matches!(broken(&no_race(), &wrong), Finding::LostUpdate { left: None, .. }));
}

#[test]
fn values_that_are_no_numbers_are_lost_too() {
    let mut story = Story::new();
    let part = entry(&mut story);
    let [one, other] = story.start_some();
    story.ask(one, part, Method::Get, Err("[]")).ask(one, part, Method::Set, Err("[1]"));
    story.ask(other, part, Method::Get, Err("[1]")).ask(other, part, Method::Set, Err("[1,2]"));
    story.finish_all(&[one, other]);
    let Finding::LostUpdate { steps, left, .. } = assert_lost(story, "sumas[\"Ada\"]") else { return };
    let told: Vec<&str> = steps.iter().map(|step| step.value.as_str()).collect();
    assert_eq!((told, left), (vec!["[]", "[]", "[1,2]", "[1]"], None));
}

#[test]
fn a_value_of_a_manager_is_added_to_like_any_other() {
    let claim = Claim::ChildrenAdd { each: "veces".into(), processes: "n".into() };
    let mut story = Story::new();
    let kept = story.kept(ObjectKind::Kept, "total");
    let [one, other] = story.start_some();
    add(&mut story, one, (kept, None), 0);
    add(&mut story, other, (kept, None), 1);
    story.finish_all(&[one, other]).result("veces", 1).result("n", 2);
    assert_kept(&claim, &story.run());
}

/// The server of a manager and the workers of a pool are no children: what is written before the first child is in time.
#[test]
fn what_is_written_when_only_processes_of_the_library_were_started_is_in_time() {
    let claim = Claim::ChildrenAdd { each: "veces".into(), processes: "n".into() };
    let mut story = Story::new();
    let value = story.value("total", 5);
    let (_, _): (_, [usize; 1]) = story.pool("pool");
    story.set(P0, value, 0);
    let child = story.start(P0, "tarea");
    story.add(child, value, 1).finish_all(&[child]).result("veces", 1).result("n", 1);
    assert_kept(&claim, &story.run());
}

/// One puts when nothing is there, the other takes out: whether somebody happened to ask twice or not.
#[test]
fn a_place_for_one_message_hands_on_the_right_to_write() {
    let mut story = Story::new();
    let part = entry(&mut story);
    let [one, other] = story.start_some();
    for text in ["\"uno\"", "\"dos\""] {
        story.ask(one, part, Method::ContainsKey, Err("None")).line(10).ask(
            one,
            part,
            Method::Set,
            Err(text),
        );
        story.ask(other, part, Method::Remove, Err("None")).line(20);
    }
    story.finish_all(&[one, other]);
    assert_safe(story);
}

#[test]
fn a_collection_that_grows_is_no_turn() {
    let mut story = Story::new();
    let part = entry(&mut story);
    let [one, other] = story.start_some();
    for (p, [before, after]) in [(one, ["[]", "[1]"]), (other, ["[1]", "[1,2]"])] {
        story.ask(p, part, Method::Get, Err(before)).line(10).ask(p, part, Method::Set, Err(after));
    }
    story.finish_all(&[one, other]);
    assert_lost(story, "sumas[\"Ada\"]");
}

#[test]
fn asking_a_manager_again_and_again_is_asking() {
    let mut story = Story::new();
    let part = entry(&mut story);
    for _ in 0..1500 {
        story.ask(P0, part, Method::Get, Ok(0)).line(7);
    }
    let run = story.cut(Ending::CpuLimit);
    match broken(&Claim::Ends, &crate::run::Run { over_cpu_limit: Some(P0), ..run }) {
        Finding::CpuLimit { polled, .. } => assert_eq!(polled, Some((Op::ManagerGet, 1500, Some(at(7))))),
        other => panic!("{other:?}"),
    }
}

/// A child got a list and changed its copy.
fn copied(written: Option<&str>) -> Story {
    let mut story = Story::new();
    let (dict, part) = entry(&mut story);
    story.ask(P0, (dict, part), Method::Set, Err("[10]"));
    let child = story.start(P0, "tarea");
    story.ask(child, (dict, part), Method::Get, Err("[10]")).line(21);
    if let Some(text) = written {
        story.ask(child, (dict, part), Method::Set, Err(text));
    }
    story.finish_all(&[child]).ask(P0, (dict, None), Method::Items, Err(""));
    story
}

#[test]
fn a_copy_that_is_not_written_back_is_told_where_it_was_got() {
    let run = reported(copied(None), json!({"Ada": [10]}), json!({"Ada": [10, 9]}));
    match broken(&right_result(), &run) {
        Finding::CopyNotWritten { value, who, place, kept, .. } => {
            assert_eq!(value.name.as_deref(), Some("sumas[\"Ada\"]"));
            assert_eq!((who.id.as_str(), place, kept.as_str()), ("P1", Some(at(21)), "[10]"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_wrong_result_that_is_not_what_was_kept_has_another_reason() {
    for (story, seen) in [(copied(Some("[10,8]")), json!([10, 8])), (copied(None), json!([3]))] {
        let run = reported(story, seen, json!([10, 9]));
        assert!(matches!(broken(&right_result(), &run), Finding::WrongResult { .. }));
    }
}
