//! Who overwrites whom in an order of steps.

use procesos_trace::Op;

use crate::judge::Step;

/// A write that overwrites another process's, since its own read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Race<'a> {
    /// The read that comes too early.
    pub(super) read: &'a Step,
    /// The write that overwrites.
    pub(super) write: &'a Step,
    /// The read of the other process, if it is among the steps.
    pub(super) other_read: Option<&'a Step>,
    /// Its write, which is lost.
    pub(super) lost: &'a Step,
}

/// The index of the step whose write the step at `index` overwrites: another process's, since its own read.
pub(super) fn overwritten(steps: &[Step], index: usize) -> Option<usize> {
    let step = steps.get(index).filter(|step| step.op == Op::ValueSet)?;
    let read = steps[..index].iter().rposition(|other| other.op == Op::ValueGet && other.who == step.who)?;
    let between = &steps[read..index];
    let written = between.iter().rposition(|other| other.op == Op::ValueSet && other.who != step.who)?;
    Some(read + written)
}

impl<'a> Race<'a> {
    /// The first one of the steps.
    pub(super) fn of(steps: &'a [Step]) -> Option<Self> {
        let (index, lost) = (0..steps.len()).find_map(|index| Some((index, overwritten(steps, index)?)))?;
        let (write, lost) = (&steps[index], &steps[lost]);
        let read_of = |writer: &Step| {
            let before = steps[..index].iter().rev();
            before.into_iter().find(|step| step.op == Op::ValueGet && step.who == writer.who)
        };
        Some(Self { read: read_of(write)?, write, other_read: read_of(lost), lost })
    }

    /// Whether both processes read the same and wrote the same.
    pub(super) fn is_even(&self) -> bool {
        self.write.value == self.lost.value
            && self.other_read.is_some_and(|other| other.value == self.read.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::finding::catalogue::{step, who};

    #[test]
    fn a_write_since_the_own_read_is_overwritten() {
        let (one, two) = (who("P1", "uno"), who("P2", "dos"));
        let steps = [
            step(&one, Op::ValueGet, 0, 0, 24),
            step(&two, Op::ValueGet, 0, 0, 24),
            step(&two, Op::ValueSet, 1, 1, 25),
            step(&one, Op::ValueSet, 1, 1, 25),
        ];
        assert_eq!((0..4).map(|i| overwritten(&steps, i)).collect::<Vec<_>>(), [None, None, None, Some(2)]);
        let race = Race::of(&steps).expect("a race");
        assert_eq!((race.read, race.lost), (&steps[0], &steps[2]));
        assert!(race.is_even());
    }

    #[test]
    fn steps_one_after_another_are_no_race() {
        let (one, two) = (who("P1", "uno"), who("P2", "dos"));
        let steps = [
            step(&one, Op::ValueGet, 0, 0, 24),
            step(&one, Op::ValueSet, 1, 1, 25),
            step(&two, Op::ValueGet, 1, 1, 24),
            step(&two, Op::ValueSet, 2, 2, 25),
        ];
        assert_eq!(Race::of(&steps), None);
    }
}
