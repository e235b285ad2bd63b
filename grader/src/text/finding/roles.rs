//! What the program's first process is called in a finding.
//!
//! It is "the parent", but for two cases: where a script of the driver plays that part it is called after the
//! function in which it is, and where a function of the student's failed in it, it is that function that failed.

use std::borrow::Cow;

use crate::judge::{Cause, Finding, Waiting, Who};
use crate::run::Place;
use crate::text::phrase;

/// The finding with the first process called as a sentence should call it.
pub(super) fn with_roles(finding: &Finding) -> Cow<'_, Finding> {
    match finding {
        Finding::Deadlock { waiting, cause } if has_script(waiting) => Cow::Owned(scripted(waiting, cause)),
        Finding::Panicked { who, place, message } => match failed(who, place.as_ref()) {
            Some(who) => {
                Cow::Owned(Finding::Panicked { who, place: place.clone(), message: message.clone() })
            }
            None => Cow::Borrowed(finding),
        },
        Finding::EndedInError { who, operation, .. } => {
            let place = operation.as_ref().and_then(|(.., place)| place.as_ref());
            let Some(function) = failed(who, place) else { return Cow::Borrowed(finding) };
            let mut renamed = finding.clone();
            if let Finding::EndedInError { who, .. } = &mut renamed {
                *who = function;
            }
            Cow::Owned(renamed)
        }
        other => Cow::Borrowed(other),
    }
}

/// The function of the student's in which the first process failed.
fn failed(who: &Who, place: Option<&Place>) -> Option<Who> {
    let function = phrase::function_of(who, place)?;
    Some(Who { id: who.id.clone(), name: format!("`{function}`"), first: false })
}

/// Whether some of those that wait run the driver's own code.
fn has_script(waiting: &[Waiting]) -> bool {
    let is_scripted =
        |one: &Waiting| !one.who.first && one.place.as_ref().is_some_and(|place| !place.of_student);
    waiting.iter().any(is_scripted)
}

fn scripted(waiting: &[Waiting], cause: &Cause) -> Finding {
    let own = waiting.iter().find(|one| one.who.first);
    let function = own.and_then(|one| phrase::function_of(&one.who, one.place.as_ref()));
    let name = function.unwrap_or_else(|| "main".to_owned());
    let rename = |who: &mut Who| {
        if who.first {
            *who = Who { id: who.id.clone(), name: name.clone(), first: false };
        }
    };
    let (mut waiting, mut cause) = (waiting.to_vec(), cause.clone());
    for one in &mut waiting {
        rename(&mut one.who);
        one.on.iter_mut().for_each(rename);
    }
    if let Cause::LockNeverReleased { holder: Some(holder), .. }
    | Cause::NobodyReleases { holder: Some(holder), .. } = &mut cause
    {
        rename(holder);
    }
    if let Cause::BothReceive { heard } = &mut cause {
        heard.iter_mut().for_each(|one| rename(&mut one.who));
    }
    Finding::Deadlock { waiting, cause }
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::{at, in_driver, parent, waiting, who};
    use super::*;
    use procesos_trace::Op;

    fn in_function(line: u32, function: &str) -> Option<Place> {
        at(line).map(|place| Place { function: Some(function.to_owned()), ..place })
    }

    #[test]
    fn beside_a_script_the_first_process_is_its_function() {
        let mut both = vec![
            waiting(&who("P1", "padre-de-guion"), Op::Recv, 99, None, None),
            waiting(&parent(), Op::Recv, 24, None, None),
        ];
        let finding = |waiting: &[Waiting]| Finding::Deadlock {
            waiting: waiting.to_vec(),
            cause: Cause::BothReceive { heard: Vec::new() },
        };
        assert!(matches!(with_roles(&finding(&both)), Cow::Borrowed(_)));
        both[0].place = in_driver(99);
        both[1].place = in_function(24, "hijo");
        let Finding::Deadlock { waiting, .. } = with_roles(&finding(&both)).into_owned() else {
            panic!("a deadlock")
        };
        assert_eq!((waiting[1].who.name.as_str(), waiting[1].who.first), ("hijo", false));
    }

    #[test]
    fn a_function_that_failed_in_the_first_process_is_named() {
        let panicked =
            |who: Who| Finding::Panicked { who, place: in_function(32, "repartir"), message: "ay".into() };
        let name = |finding: &Finding| match with_roles(finding).into_owned() {
            Finding::Panicked { who, .. } => who.name,
            other => panic!("{other:?}"),
        };
        assert_eq!(name(&panicked(parent())), "`repartir`");
        assert_eq!(name(&panicked(who("P1", "hijo-1"))), "hijo-1");
    }
}
