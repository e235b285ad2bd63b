//! The search finds every distinct ordering, and each once: compared with all interleavings, told apart without clocks.

mod forms;
mod generated;

use std::collections::BTreeSet;

use procesos_schedule::proof::{Search, Taken, Unlike};
use procesos_schedule::{Kind, Order};

use crate::examples::{crossed_locks, timeless};
use crate::model::notebook::Form;
use crate::model::program::{all, times};
use crate::model::signs::Sign;
use crate::model::{End, Model, Op, Value, run};
use forms::forms;
use generated::{Phrase, generated, plain, signs};

/// Executions beyond which a search here is out of hand.
const MOST_EXECUTIONS: u64 = 1_500;
/// Orderings, and beginnings of orderings, beyond which a model is too large for the enumerator.
const MOST_ORDERINGS: usize = 200;
const MOST_PARTS: usize = 2_000;

/// What a search came to.
struct Searched {
    /// The orderings that it counted, in their order.
    orderings: Vec<Form>,
    executions: u64,
}

/// Searches all orderings of a model; `None` when it takes too long.
fn searched(model: &Model) -> Option<Searched> {
    let mut search = Search::new();
    let mut orderings = Vec::new();
    let mut executions = 0;
    while let Some(trial) = search.next() {
        if executions == MOST_EXECUTIONS {
            return None;
        }
        executions += 1;
        let order = Order { plan: trial.plan, last: trial.last, ..Order::new(Kind::Plan, 0) };
        let run = run(model, &order);
        assert!(!run.deviated, "{}: {order:?}", model.name);
        assert!(
            matches!(run.outcome.end, End::Finished | End::Deadlock),
            "{}: {:?}",
            model.name,
            run.outcome
        );
        let taken = search.take(&run.seen).unwrap_or_else(|unlike| panic!("{}: {unlike:?}", model.name));
        orderings.extend((taken == Taken::New).then_some(run.form));
    }
    assert_eq!(search.orderings(), orderings.len() as u64);
    assert_eq!(search.orderings() + search.known(), executions);
    Some(Searched { orderings, executions })
}

/// What a comparison came to.
#[derive(Debug)]
struct Compared {
    orderings: usize,
    executions: u64,
    /// Whether there are orderings in which nobody can go on.
    blocked: bool,
}

/// Whether the search of a model finds what there is; `None` when it is too large.
fn compared(model: &Model) -> Option<Compared> {
    let expected = forms(model, MOST_PARTS).filter(|forms| forms.len() <= MOST_ORDERINGS)?;
    let Searched { orderings, executions } =
        searched(model).unwrap_or_else(|| panic!("{}: without an end", model.name));
    let found: BTreeSet<Form> = orderings.iter().cloned().collect();
    let missed: Vec<&Form> = expected.difference(&found).collect();
    assert!(
        missed.is_empty(),
        "{}: missed {} of {}, as {:#?}",
        model.name,
        missed.len(),
        expected.len(),
        missed[0]
    );
    let invented: Vec<&Form> = found.difference(&expected).collect();
    assert!(invented.is_empty(), "{}: invented {invented:#?}", model.name);
    assert_eq!(orderings.len(), found.len(), "{}: some were seen twice", model.name);
    let blocked = found.iter().any(|form| form.0 == End::Deadlock);
    Some(Compared { orderings: found.len(), executions, blocked })
}

/// The examples that end in every order, all of whose processes the first one waits for.
fn examples() -> Vec<Model> {
    const OTHERS: [&str; 3] = ["waits for a flag", "waits for each other's flags", "FIN too early"];
    timeless().into_iter().filter(|model| !OTHERS.contains(&model.name)).collect()
}

#[test]
fn every_ordering_of_the_examples_is_found_once() {
    let compared: Vec<_> = examples().iter().map(|model| (model.name, compared(model))).collect();
    for (name, result) in &compared {
        println!("{name}: {result:?}");
    }
    let small = compared.iter().filter(|(_, result)| result.is_some()).count();
    assert!(small + 1 >= compared.len(), "{compared:?}");
}

/// Compares so many generated programs, of which so many at least are small enough.
fn compare_generated(programs: u64, phrase: Phrase, fewest: u64) {
    let (mut small, mut orderings, mut executions, mut deadlocks) = (0, 0, 0, 0);
    for seed in 0..programs {
        let model = generated(seed, phrase);
        if let Some(found) = compared(&model) {
            small += 1;
            orderings += found.orderings as u64;
            executions += found.executions;
            deadlocks += u64::from(found.blocked);
        }
    }
    println!(
        "{small} of {programs}, {deadlocks} with deadlocks: {orderings} orderings in {executions} executions"
    );
    // Otherwise little was compared.
    assert!(small > fewest && deadlocks > programs / 10 && orderings > 5 * programs);
    // What is given up for having been seen costs as much as an ordering.
    assert!(executions < orderings * 5 / 4, "{executions} executions for {orderings} orderings");
}

#[test]
fn every_ordering_of_generated_programs_is_found_once() {
    compare_generated(250, plain, 150);
}

#[test]
fn every_ordering_of_generated_programs_with_signs_is_found_once() {
    compare_generated(250, signs, 150);
}

#[test]
fn known_counts() {
    let count = |model: &Model| searched(model).unwrap().orderings.len();
    let add = [Op::Get(0), Op::Set(0, Value::Last(1))];
    let locked = |times: usize| {
        all(&vec![[Op::Acquire(0), Op::Get(0), Op::Set(0, Value::Last(1)), Op::Release(0)].as_slice(); times])
    };
    // Whose turn it is at the lock: one of n!, or one of the ways to mix two rows.
    for (processes, expected) in [(1, 1), (2, 2), (3, 6), (4, 24)] {
        let model = Model::started("with a lock", [], vec![locked(1); processes]);
        assert_eq!(count(&model), expected);
    }
    assert_eq!(count(&Model::started("two rounds", [], [locked(2), locked(2)])), 6);
    // Two readings do not conflict: of six orders of two reads and two writes these four are distinct.
    assert_eq!(count(&Model::started("lost update", [], [add, add].map(Vec::from))), 4);
    assert_eq!(count(&Model::started("readers", [], vec![times(2, &[Op::Get(0)]); 3])), 1);
    // One puts, one gets: nobody can tell who is faster.
    for room in [1, 2, 5] {
        let puts = times(4, &[Op::Put(0, Value::Of(1))]);
        let model = Model::started("row", [], [puts, times(4, &[Op::Take(0)])]).with_queues([room]);
        assert_eq!(count(&model), 1, "{room}");
    }
    // Each of the other four orders of two locks, and the one in which they block each other.
    assert_eq!(count(&crossed_locks()), 3);
}

#[test]
fn known_counts_of_signs() {
    let sign = |signs: &[Sign]| signs.iter().copied().map(Op::Sign).collect::<Vec<Op>>();
    let model = |programs: &[&[Sign]]| {
        let model = Model::started("signs", [], programs.iter().map(|signs| sign(signs)));
        model.with_permits([[2, 9], [0, 9], [1, 0]]).with_parties([2])
    };
    let count = |programs: &[&[Sign]]| compared(&model(programs)).unwrap().orderings;
    // Who was first to set it, and then: it was set before the question, or after it.
    assert_eq!(count(&[&[Sign::Set(0)], &[Sign::Set(0)]]), 2);
    assert_eq!(count(&[&[Sign::Set(0)], &[Sign::IsSet(0)]]), 2);
    assert_eq!(count(&[&[Sign::Set(0)], &[Sign::AwaitSet(0)], &[Sign::AwaitSet(0)]]), 1);
    assert_eq!(count(&[&[Sign::Set(0), Sign::Clear(0)], &[Sign::AwaitSet(0)]]), 2);
    // With a permit for each it is only who gives back before whom; nobody has to wait.
    let uses: &[Sign] = &[Sign::TakePermit(0), Sign::GivePermitBack(0)];
    assert_eq!(count(&[uses, uses]), 2);
    // Which two are first, and who of the three gives back first, of whom the third has his.
    assert_eq!(count(&[uses, uses, uses]), 12);
    let signals: &[Sign] = &[Sign::Signal(1)];
    assert_eq!(count(&[signals, &[Sign::TakePermit(1)]]), 1);
    assert_eq!(count(&[signals, signals, &[Sign::TakePermit(1), Sign::TakePermit(1)]]), 2);
    // A permit is had from who ended with one, or from who gave one: whichever is there when it is asked for.
    let (ends_with_it, inherits): (&[Sign], &[Sign]) = (&[Sign::TakePermit(2)], &[Sign::TakePermit(2)]);
    assert_eq!(count(&[ends_with_it, inherits]), 2);
    compared(&model(&[&[Sign::TakePermit(0)], &[Sign::TakePermit(0)], &[Sign::Signal(0)], uses])).unwrap();
    // Which two are first, which of the others is next, and in which of eight orders the four of them end.
    let ends: &[Sign] = &[Sign::TakePermit(0)];
    assert_eq!(count(&[ends; 4]), 6 * 2 * 8);
    // Both notifications come too early, either does, or none: then either is the one that is heard.
    let (waits, tells): (&[Sign], &[Sign]) =
        (&[Sign::Enter(0, 0), Sign::AwaitNotice(0)], &[Sign::Notify(0, 1)]);
    assert_eq!(count(&[waits, tells, tells]), 5);
    // Who came first is notified, whether the other one has come by then or not; or nobody is.
    assert_eq!(count(&[waits, waits, tells]), 4);
    // Each of the two is told whether it was first, and all others go on.
    let meets: &[Sign] = &[Sign::Arrive(0), Sign::AwaitAll(0)];
    assert_eq!(count(&[meets, meets]), 2);
    // After both, after either, before both: then neither can tell who of them came first.
    assert_eq!(count(&[meets, meets, &[Sign::Abort(0)]]), 5);
}

#[test]
fn a_replay_that_is_something_else_proves_nothing() {
    let model = Model::started("readers", [], [vec![Op::Set(0, Value::Of(1))], vec![Op::Get(0)]]);
    let seen = run(&model, &Order::new(Kind::Calm, 0)).seen;
    let mut search = Search::new();
    search.next().unwrap();
    search.take(&seen).unwrap();
    search.next().unwrap();
    // The same order again, though another one was asked for.
    assert_eq!(search.take(&seen), Err(Unlike::Steps));
}

#[test]
fn an_object_that_does_otherwise_proves_nothing() {
    let model =
        Model::started("row", [], [vec![Op::Put(0, Value::Of(1))], vec![Op::Take(0)]]).with_queues([1]);
    let seen = run(&model, &Order::new(Kind::Calm, 0)).seen;
    let mut other = seen.clone();
    let got = other.steps.iter_mut().find(|step| step.acts[0].object == 2_000).unwrap();
    got.acts[0].worked = false;
    assert_eq!(Search::new().take(&other), Err(Unlike::Object));
    let mut other = seen;
    other.waiting.push(other.steps[0].clone());
    assert_eq!(Search::new().take(&other), Err(Unlike::Object));
}
