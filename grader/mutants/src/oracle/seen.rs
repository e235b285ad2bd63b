//! What anybody sees of a run who knows nothing of how it came about.

use std::collections::BTreeMap;

use grader::run::{Event, Process, Run};
use procesos_trace::{ObjectId, ObjectKind, Op, Outcome, flags};
use serde_json::Value as Json;

use super::Wrong;

/// Processes but the first one.
pub(super) fn children(run: &Run) -> impl Iterator<Item = (usize, &Process)> {
    run.trace.processes.iter().enumerate().skip(1).filter(|(_, process)| process.exists)
}

/// Everything that was done, with who did it.
pub(super) fn done(run: &Run, op: Op) -> impl Iterator<Item = (usize, &Event)> {
    let processes = run.trace.processes.iter().enumerate();
    let events = processes.flat_map(|(slot, process)| process.events.iter().map(move |event| (slot, event)));
    events.filter(move |(_, event)| event.op == op && event.outcome == Outcome::Done)
}

/// Two results that should be the same are not, or one is missing.
pub(super) fn differ(run: &Run, name: &'static str, expected: &'static str) -> Option<Wrong> {
    compare(run, name, expected, Json::clone)
}

/// The same of lists whose order does not matter.
pub(super) fn differ_in_items(run: &Run, name: &'static str, expected: &'static str) -> Option<Wrong> {
    compare(run, name, expected, |list| {
        let mut items: Vec<String> = list.as_array().into_iter().flatten().map(Json::to_string).collect();
        items.sort();
        items.into()
    })
}

fn compare(
    run: &Run,
    name: &'static str,
    expected: &'static str,
    view: impl Fn(&Json) -> Json,
) -> Option<Wrong> {
    let (Some(seen), Some(wanted)) = (run.results.get(name), run.results.get(expected)) else {
        return Some(Wrong::NoResult(name));
    };
    let (seen, wanted) = (view(seen), view(wanted));
    (seen != wanted).then(|| Wrong::Result { name, seen: seen.to_string(), expected: wanted.to_string() })
}

/// Processes that were still there at the end.
pub(super) fn left(run: &Run) -> Option<Wrong> {
    (!run.leftovers.is_empty()).then_some(Wrong::Left(run.leftovers.len()))
}

/// Children that the driver started itself: it joins them later than the function that it calls ends.
fn of_driver(run: &Run) -> Vec<u64> {
    let mut is_inside = false;
    let mut children = Vec::new();
    for event in run.trace.processes.first().into_iter().flat_map(|first| &first.events) {
        match event.op {
            Op::Call => is_inside = true,
            Op::Returned => is_inside = false,
            Op::Start if !is_inside => children.push(event.value),
            _ => {}
        }
    }
    children
}

/// A child that nobody waited for in time.
pub(super) fn not_joined(run: &Run) -> Option<Wrong> {
    let of_driver = of_driver(run);
    let mut unjoined = done(run, Op::Unjoined).map(|(_, event)| event.value);
    let forgotten = unjoined.find(|slot| !of_driver.contains(slot));
    let joined: Vec<u64> = done(run, Op::Join).map(|(_, event)| event.value).collect();
    // Those of the library are ended by it.
    let own = children(run).filter(|(_, process)| !process.of_library);
    let lost = own.map(|(slot, _)| slot as u64).find(|slot| !joined.contains(slot));
    let slot = usize::try_from(forgotten.or(lost)?).ok()?;
    Some(Wrong::NotJoined(run.trace.processes.get(slot).map_or_else(String::new, Process::id)))
}

/// A child that ended in error. One that only looked may be dismissed.
pub(super) fn child_failed(run: &Run) -> Option<Wrong> {
    let dismissed: Vec<u64> = done(run, Op::Terminate).map(|(_, event)| event.value).collect();
    let only_looked = |slot: u64| {
        let process = usize::try_from(slot).ok().and_then(|slot| run.trace.processes.get(slot));
        process.is_some_and(|process| {
            process
                .events
                .iter()
                .all(|e| matches!(e.op, Op::Begin | Op::ValueGet | Op::Sleep | Op::QueueIsEmpty))
        })
    };
    let failed = done(run, Op::Join)
        .map(|(_, event)| event)
        .find(|event| event.extra != 0 && !(dismissed.contains(&event.value) && only_looked(event.value)))?;
    let process = usize::try_from(failed.value).ok().and_then(|slot| run.trace.processes.get(slot));
    Some(Wrong::ChildFailed(process.map_or_else(String::new, Process::id)))
}

/// A lock that its process took and never freed.
pub(super) fn lock_held(run: &Run) -> Option<Wrong> {
    let freed: Vec<(usize, Option<ObjectId>, u64)> =
        done(run, Op::LockRelease).map(|(slot, event)| (slot, event.object, event.version)).collect();
    let held = done(run, Op::LockAcquire)
        .find(|(slot, event)| !freed.contains(&(*slot, event.object, event.version)))?;
    Some(Wrong::LockHeld(run.trace.processes[held.0].id()))
}

/// Whether each process wrote something to the screen.
fn spoke(run: &Run, slot: usize) -> bool {
    let chunks = run.output.iter().chain(&run.errors);
    chunks.filter(|chunk| chunk.process == Some(slot)).any(|chunk| !chunk.text.trim().is_empty())
}

/// A child that shows nothing.
pub(super) fn silent(run: &Run) -> Option<Wrong> {
    children(run).find(|(slot, _)| !spoke(run, *slot)).map(|(_, process)| Wrong::Silent(process.id()))
}

/// Fewer children than so many.
pub(super) fn too_few(run: &Run, wanted: usize) -> Option<Wrong> {
    let seen = children(run).count();
    (seen < wanted).then_some(Wrong::TooFew { wanted, seen })
}

/// The object that the driver calls so.
pub(super) fn named(run: &Run, name: &str) -> Option<ObjectId> {
    let mut objects = run.trace.objects.iter();
    objects.find(|(_, object)| object.driver_name.as_deref() == Some(name)).map(|(id, _)| *id)
}

/// Who put something into a queue, once for each time.
pub(super) fn putters(run: &Run, queue: ObjectId) -> Vec<usize> {
    done(run, Op::QueuePut).filter(|(_, e)| e.object == Some(queue)).map(|(slot, _)| slot).collect()
}

/// Messages put into the queues that the student made, by capacity.
pub(super) fn put_by_capacity(run: &Run) -> BTreeMap<u64, usize> {
    let own = |id: &ObjectId| {
        let object = run.trace.objects.get(id)?;
        let given = object.driver_name.is_some() || object.kind != ObjectKind::Queue;
        (!given).then_some(object.detail)
    };
    let mut put = BTreeMap::new();
    for capacity in run.trace.objects.keys().filter_map(own) {
        put.entry(capacity).or_insert(0);
    }
    for capacity in done(run, Op::QueuePut).filter_map(|(_, event)| own(&event.object?)) {
        *put.entry(capacity).or_insert(0) += 1;
    }
    put
}

/// What each process added to a whole number that they share, by the order in which it was written.
pub(super) fn added(run: &Run, value: ObjectId) -> BTreeMap<usize, i64> {
    let mut writes: Vec<(usize, &Event)> =
        done(run, Op::ValueSet).filter(|(_, event)| event.object == Some(value)).collect();
    writes.sort_by_key(|(_, event)| event.version);
    let mut before = run.trace.objects.get(&value).map_or(0, |object| object.detail.cast_signed());
    let mut added = BTreeMap::new();
    for (slot, event) in writes {
        let now = event.value.cast_signed();
        let sum = added.entry(slot).or_insert(0_i64);
        *sum = sum.wrapping_add(now.wrapping_sub(before));
        before = now;
    }
    added
}

/// Whole numbers that processes share.
pub(super) fn numbers(run: &Run) -> Vec<ObjectId> {
    let other: Vec<ObjectId> = done(run, Op::ValueSet)
        .filter(|(_, event)| event.flags & (flags::FLOAT | flags::BOOLEAN) != 0)
        .filter_map(|(_, event)| event.object)
        .collect();
    let objects = run.trace.objects.iter().filter(|(_, object)| object.kind == ObjectKind::Value);
    objects.map(|(id, _)| *id).filter(|id| !other.contains(id)).collect()
}

/// The most of these processes that were alive at once.
pub(super) fn most_at_once(run: &Run, workers: &[usize]) -> usize {
    let lives: Vec<(u64, u64)> = workers
        .iter()
        .filter_map(|worker| {
            let began = done(run, Op::Start).find(|(_, event)| event.value == *worker as u64)?.1.end;
            let ended = run.trace.processes[*worker].events.last()?.end;
            Some((began, ended))
        })
        .collect();
    let at = |moment: u64| lives.iter().filter(|(from, to)| (*from..=*to).contains(&moment)).count();
    lives.iter().map(|(from, _)| at(*from)).max().unwrap_or(0)
}
