//! All orderings of a program that differ in more than the order of independent neighbours, each once.
//!
//! Two steps that are next to each other are independent when they could be exchanged without anybody noticing: steps on
//! different objects, two readings of a value, a put and a get while the queue is neither empty nor full. Which ones those are
//! follows from a model of each kind of object (`object`). Orders that differ only by such exchanges are one ordering (a
//! Mazurkiewicz trace). The search runs one order after another, without keeping states: where two steps could have come the
//! other way round, it goes back and has them come so (source sets), and it remembers what was begun with before, so that no
//! ordering is seen twice (sleep sets): Abdulla, Aronis, Jonsson and Sagonas, "Optimal dynamic partial order reduction", POPL 2014.
//!
//! What the paper leaves aside: operations that have to wait. An attempt that has to wait is no step; a step may make
//! others wait (who takes the last item), and somebody may wait until the end. So what is looked for are not only neighbours in a
//! race: every step, and every operation that waits at the end, is asked against every earlier one whether it could have
//! come before it, and what it would have done there, which the states of the objects tell.
//!
//! Nothing here runs a program: [`Search::next`] says what to run, [`Search::take`] takes what came of it. Every step is
//! compared with what its object lets expect, and every beginning that is repeated with what it was: where they differ,
//! [`Unlike`] says that nothing can be proved.

mod act;
mod object;
mod past;
mod races;
mod search;

pub use act::{Act, Deed, Step};
pub use object::{
    OnBarrier, OnCondition, OnEvent, OnLife, OnLock, OnQueue, OnResults, OnSemaphore, OnTasks, OnValue,
};
pub use search::{Search, Seen, Taken, Trial, Unlike};
