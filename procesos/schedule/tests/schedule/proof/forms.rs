//! All orderings of a model, by trying everybody at every point. Nothing is taken to be independent of anything.

use std::collections::{BTreeSet, HashMap};

use crate::brute::{moves, settle};
use crate::model::notebook::{Form, Notebook};
use crate::model::world::World;
use crate::model::{End, Model, Outcome};

/// Every ordering; `None` when there are more than `most` beginnings of them.
pub(super) fn forms(model: &Model, most: usize) -> Option<BTreeSet<Form>> {
    let mut first = World::new(model);
    settle(&mut first, model, 0);
    let mut forms = BTreeSet::new();
    let mut seen: HashMap<Notebook, Outcome> = HashMap::new();
    let mut to_see = vec![(first, Notebook::default())];
    while let Some((world, notebook)) = to_see.pop() {
        let outcome = Outcome::of(&world, End::Finished);
        if let Some(known) = seen.get(&notebook) {
            // Or else what is told does not tell orderings apart.
            assert_eq!(*known, outcome, "{}", model.name);
            continue;
        }
        if seen.len() == most {
            return None;
        }
        seen.insert(notebook.clone(), outcome);
        let next = if world.processes[0].has_ended { Vec::new() } else { moves(model, &world) };
        if next.is_empty() {
            let end = if world.processes[0].has_ended { End::Finished } else { End::Deadlock };
            forms.insert(notebook.form(end));
        }
        for step in next {
            let mut told = notebook.clone();
            told.note(model, step.slot, &world, &step.world);
            to_see.push((step.world, told));
        }
    }
    Some(forms)
}
