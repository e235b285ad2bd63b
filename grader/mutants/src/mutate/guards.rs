//! Changes to how long a lock is held, and to when children are joined.

use syn::{Expr, Pat, Stmt};

use super::bindings::mentions;
use super::{Edit, Finder, bytes};

impl Finder<'_> {
    /// A statement that takes a lock: not at all, only for an instant, from later on, or for all of a loop.
    pub(super) fn guard(&mut self, statement: &Stmt, statements: &[Stmt]) {
        let Stmt::Local(local) = statement else { return };
        let (Pat::Ident(name), Some(init)) = (&local.pat, &local.init) else { return };
        let init = self.text(init.expr.as_ref());
        if !init.contains("acquire") {
            return;
        }
        let name = name.ident.to_string();
        let release = statements.iter().find(|other| {
            let text = self.text(*other);
            text == format!("{name}.release();") || text == format!("drop({name});")
        });
        let gone = || release.map(|release| Edit::new(bytes(release), ""));
        let mut none = vec![Edit::new(bytes(statement), "")];
        none.extend(gone());
        self.add("no-guard", none);
        let mut instant = vec![Edit::new(bytes(&local.pat), "_")];
        instant.extend(gone());
        self.add("guard-of-an-instant", instant);
        let Some(release) = release else { return };
        // Over all that follows in this function.
        self.replace("never-released", bytes(release), format!("std::mem::forget({name});"));
        self.add("released-late", gone().into_iter().collect());
        let position = |one: &Stmt| statements.iter().position(|other| bytes(other) == bytes(one));
        let (Some(from), Some(to)) = (position(statement), position(release)) else { return };
        for between in statements.iter().take(to).skip(from + 1) {
            let here = bytes(between).start;
            let text = self.text(release);
            let edits = vec![Edit::new(here..here, format!("{text} ")), Edit::new(bytes(release), "")];
            self.add("released-early", edits);
            let after = bytes(between).end;
            let text = self.text(statement);
            let edits = vec![Edit::new(bytes(statement), ""), Edit::new(after..after, format!(" {text}"))];
            self.add("taken-late", edits);
        }
    }

    /// `hijos.push(….start()?);` becomes `….start()?.join()?;`, and the loop that joined them goes.
    pub(super) fn join_at_once(&mut self, statement: &Stmt, statements: &[Stmt]) {
        let Stmt::Expr(Expr::ForLoop(starts), _) = statement else { return };
        for inner in &starts.body.stmts {
            let Stmt::Expr(Expr::MethodCall(push), Some(_)) = inner else { continue };
            let (list, Some(started)) = (self.text(push.receiver.as_ref()), push.args.first()) else {
                continue;
            };
            let started_text = self.text(started);
            if push.method != "push" || !started_text.ends_with(".start()?") {
                continue;
            }
            let mut edits = vec![Edit::new(bytes(inner), format!("{started_text}.join()?;"))];
            for other in statements.iter().filter(|other| bytes(*other) != bytes(statement)) {
                let made = matches!(other, Stmt::Local(local) if self.text(&local.pat).ends_with(list));
                if made
                    || matches!(other, Stmt::Expr(Expr::ForLoop(each), _) if mentions(self.text(each.expr.as_ref()), list))
                {
                    edits.push(Edit::new(bytes(other), ""));
                }
            }
            self.add("join-at-once", edits);
        }
    }
}
