//! Runs that the grader gave up: too much CPU time, or no end.

use procesos_trace::{Op, Outcome};

use super::story::{P0, Story, at};
use super::{broken, every_claim, verdicts};
use crate::course::Claim;
use crate::judge::finding::{Finding, Outside, Unseen, Verdict, Who};
use crate::run::{Ending, Run};

/// The run that a process ended by using up its CPU time.
fn over_limit(story: Story, p: usize) -> Run {
    let mut run = story.cut(Ending::CpuLimit);
    run.over_cpu_limit = Some(p);
    run
}

type Asked = (Op, u64, Option<u32>);

/// Who used up its CPU time, what it asked in vain, and the line where it was.
#[track_caller]
fn spent(run: &Run) -> (Option<String>, Option<Asked>, Option<u32>) {
    match broken(&Claim::Ends, run) {
        Finding::CpuLimit { milliseconds: 3000, who, polled, place } => {
            let polled = polled.map(|(op, count, asked)| (op, count, asked.map(|place| place.line)));
            (who.map(|who| who.id), polled, place.map(|place| place.line))
        }
        other => panic!("{other:?}"),
    }
}

fn who(id: &str) -> Option<String> {
    Some(id.to_owned())
}

#[test]
fn too_much_cpu_time_names_the_process_and_where_it_was() {
    let mut story = Story::new();
    let child = story.start(P0, "tarea");
    story.run.trace.processes[child].last_seen = Some(at(14));
    story.stuck_in_join(P0, child, 20);
    assert_eq!(spent(&over_limit(story, child)), (who("P1"), None, Some(14)));
}

#[test]
fn the_system_may_end_it_in_place_of_the_grader() {
    let mut story = Story::new();
    let child = story.start(P0, "tarea");
    story.join_with(P0, child, -24);
    assert_eq!(spent(&story.run()), (who("P1"), None, None));
    assert_eq!(spent(&Story::new().cut(Ending::Signalled(24))), (who("P0"), None, None));
}

#[test]
fn a_process_of_other_means_is_nobody_of_the_trace() {
    assert_eq!(spent(&Story::new().cut(Ending::CpuLimit)), (None, None, None));
    // A trace in pieces: an index that it does not hold.
    assert_eq!(spent(&over_limit(Story::new(), 9)), (None, None, None));
}

#[test]
fn whoever_was_stopped_used_up_its_cpu_time_though_nobody_learnt_of_it() {
    let stopped = |ending| {
        let mut story = Story::new();
        let queue = story.queue("cola", 1);
        let child = story.start(P0, "tarea");
        story.run.trace.processes[child].stopped = true;
        story.stuck(P0, Op::QueueGet, Some(queue), 12);
        story.cut(ending)
    };
    assert_eq!(spent(&stopped(Ending::NoProgress)), (who("P1"), None, None));
    // Where the run was given up, everybody was stopped.
    let found = verdicts(&[Claim::Ends], &stopped(Ending::Still));
    assert!(matches!(found[..], [Verdict::Unseen(Unseen::Still { .. })]), "{found:?}");
}

#[test]
fn whoever_failed_before_comes_first() {
    let mut story = Story::new();
    let child = story.start(P0, "tarea");
    story.panic(child, "¡ay!").line(5).exit(child, 101);
    story.is_alive(P0, child, false);
    let found = broken(&Claim::Ends, &over_limit(story, P0));
    assert!(matches!(found, Finding::Panicked { .. }), "{found:?}");
}

#[test]
fn too_much_cpu_time_names_what_was_asked_in_vain() {
    let mut story = Story::new();
    let child = story.start(P0, "tarea");
    for _ in 0..1500 {
        story.is_alive(P0, child, true).line(29);
    }
    assert_eq!(spent(&over_limit(story, P0)), (who("P0"), Some((Op::IsAlive, 1500, Some(29))), None));
}

#[test]
fn too_much_cpu_time_is_told_of_the_process_that_used_it() {
    let mut story = Story::new();
    let child = story.start(P0, "tarea");
    for _ in 0..1500 {
        story.is_alive(P0, child, true);
    }
    // The parent asked often, but it was the child that ran out of time, without asking for anything.
    assert_eq!(spent(&over_limit(story, child)), (who("P1"), None, None));
}

#[test]
fn adding_without_end_is_not_asking() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    for _ in 0..1500 {
        story.add(P0, value, 1);
    }
    assert_eq!(spent(&over_limit(story, P0)), (who("P0"), None, None));
}

#[test]
fn reading_again_and_again_without_writing_is_asking() {
    let mut story = Story::new();
    let value = story.value("contador", 0);
    for _ in 0..1500 {
        story.get(P0, value).line(7);
    }
    story.add(P0, value, 1);
    let (_, polled, _) = spent(&over_limit(story, P0));
    assert!(matches!(polled, Some((Op::ValueGet, 1500, _))), "{polled:?}");
}

#[test]
fn looking_into_an_empty_queue_again_and_again_is_asking() {
    let mut story = Story::new();
    let queue = story.queue("cola", 9);
    for _ in 0..1500 {
        story.is_empty(P0, queue, true);
    }
    let (_, polled, _) = spent(&over_limit(story, P0));
    assert!(matches!(polled, Some((Op::QueueIsEmpty, 1500, _))), "{polled:?}");
}

#[test]
fn what_worked_was_not_asked_in_vain() {
    let mut story = Story::new();
    let (lock, queue) = (story.lock("lock"), story.queue("cola", 9));
    for _ in 0..1500 {
        story.acquire(P0, lock).release(P0, lock).put(P0, queue, "").take(P0, queue);
    }
    assert_eq!(spent(&over_limit(story, P0)), (who("P0"), None, None));
}

#[test]
fn trying_a_busy_lock_or_an_empty_queue_again_and_again_is_asking() {
    for op in [Op::LockAcquire, Op::QueueGet, Op::QueuePut] {
        let mut story = Story::new();
        let object = story.lock("objeto");
        for _ in 0..1500 {
            story.fail(P0, op, object, Outcome::WouldBlock);
        }
        let (_, polled, _) = spent(&over_limit(story, P0));
        assert!(matches!(polled, Some((found, 1500, _)) if found == op), "{polled:?}");
    }
}

#[test]
fn a_wall_limit_makes_every_claim_unseen() {
    let run = Story::new().cut(Ending::WallLimit);
    for found in verdicts(&every_claim(), &run) {
        let Verdict::Unseen(Unseen::WallLimit { seconds: 60, outside }) = found else { panic!("{found:?}") };
        assert_eq!(outside.map(|outside| outside.who.id), who("P0"));
    }
}

#[test]
fn a_process_that_failed_is_told_though_the_wall_limit_came() {
    let mut story = Story::new();
    let child = story.start(P0, "tarea");
    story.panic(child, "¡ay!").line(5).exit(child, 101);
    let expected = Finding::Panicked {
        who: Who { id: "P1".into(), name: "tarea".into(), first: false },
        place: Some(at(5)),
        message: "¡ay!".into(),
    };
    assert_eq!(broken(&Claim::Ends, &story.cut(Ending::WallLimit)), expected);
}

#[test]
fn who_stands_still_outside_the_library_is_named_and_those_inside_are_not() {
    let mut story = Story::new();
    let [inside, one, other] = story.start_some();
    story.stuck_in_join(P0, inside, 20).stuck(inside, Op::Recv, None, 8);
    story.run.trace.processes[other].last_seen = Some(at(14));
    for found in verdicts(&every_claim(), &story.cut(Ending::Still)) {
        let Verdict::Unseen(Unseen::Still { outside: Some(outside) }) = found else { panic!("{found:?}") };
        let Outside { who, place, others } = *outside;
        assert_eq!((who.id.as_str(), place, others), ("P3", Some(at(14)), 1), "and not P{one}");
    }
}
