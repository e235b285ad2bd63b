//! What a scenario can claim about a run: one closed enum. Its sentences are in `text`, its verdicts in `judge`.

/// A claim about what a program did. Texts name what the driver reported (`driver.result`, `driver.name`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// The driver's closure returned, nobody waits for ever, no process ended in error.
    Ends,
    /// Two results of the driver are equal.
    Result {
        /// The result that depends on the student.
        name: String,
        /// The result that the driver worked out from its arguments.
        expected: String,
        /// Whether a race that could lose a write breaks the claim even where the result came out right.
        races: Races,
    },
    /// Two results of the driver are lists with the same items, in any order.
    SameItems {
        /// The list that depends on the student.
        name: String,
        /// The list that the driver worked out from its arguments.
        expected: String,
    },
    /// A result of the driver is a list of lists of numbers, each strictly increasing.
    Increasing {
        /// The result.
        name: String,
    },
    /// The student's children are at least as many as a result says.
    Processes {
        /// The result that holds the number.
        at_least: String,
    },
    /// Everything in a queue was put by children.
    ByChildren {
        /// The queue, as the driver named it.
        queue: String,
    },
    /// Every message of a queue was put by another process, none by the first.
    OwnProcess {
        /// The queue, as the driver named it.
        queue: String,
        /// The result that holds the number of messages.
        count: String,
    },
    /// A queue of the student's was made with the capacity that a result says, of however many there are.
    Capacity {
        /// The result that holds the capacity.
        capacity: String,
    },
    /// There is a shared value to which children did the adding.
    ChildrenAdd {
        /// The result that holds how much each child adds.
        each: String,
        /// The result that holds how many children add.
        processes: String,
    },
    /// The first join began after that many starts.
    StartedBeforeJoin {
        /// The result that holds the number.
        at_least: String,
    },
    /// Whoever took a lock released it before ending.
    LocksReleased,
    /// Every child was joined by its parent.
    Joined,
    /// Each child printed at least one line.
    Prints,
    /// A child and the first process exchanged messages both ways.
    Converses {
        /// The result that holds how many each way.
        messages: String,
    },
}

/// Whether a race that could lose a write breaks a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Races {
    /// Only the result counts.
    #[default]
    Allowed,
    /// A read and a later write between which another process could write breaks the claim.
    Forbidden,
}

impl Claim {
    /// The names that `exercise.toml` may use.
    pub const NAMES: [&'static str; 14] = [
        "ends",
        "result",
        "same_items",
        "increasing",
        "processes",
        "by_children",
        "own_process",
        "capacity",
        "children_add",
        "started_before_join",
        "locks_released",
        "joined",
        "prints",
        "converses",
    ];

    /// The claim's name, as `exercise.toml` and reports write it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ends => "ends",
            Self::Result { .. } => "result",
            Self::SameItems { .. } => "same_items",
            Self::Increasing { .. } => "increasing",
            Self::Processes { .. } => "processes",
            Self::ByChildren { .. } => "by_children",
            Self::OwnProcess { .. } => "own_process",
            Self::Capacity { .. } => "capacity",
            Self::ChildrenAdd { .. } => "children_add",
            Self::StartedBeforeJoin { .. } => "started_before_join",
            Self::LocksReleased => "locks_released",
            Self::Joined => "joined",
            Self::Prints => "prints",
            Self::Converses { .. } => "converses",
        }
    }
}
