//! Changes to the statements of a block: deleted, doubled, exchanged, moved over the edge of a loop, errors ignored.

use syn::{Block, Expr, Stmt};

use super::bindings::{mentions, names};
use super::{Edit, Finder, bytes};

/// The body of a loop.
fn body_of(statement: &Stmt) -> Option<&Block> {
    match statement {
        Stmt::Expr(Expr::ForLoop(each), _) => Some(&each.body),
        Stmt::Expr(Expr::While(each), _) => Some(&each.body),
        Stmt::Expr(Expr::Loop(each), _) => Some(&each.body),
        _ => None,
    }
}

/// Whether a block's value would change if this statement were not its last one.
fn is_value(statement: &Stmt) -> bool {
    let is_block = |e: &Expr| {
        matches!(e, Expr::ForLoop(_) | Expr::While(_) | Expr::If(_) | Expr::Loop(_) | Expr::Match(_))
    };
    matches!(statement, Stmt::Expr(expression, None) if !is_block(expression))
}

impl Finder<'_> {
    /// Whether `later` uses a name that `statement` makes.
    fn is_used(&self, statement: &Stmt, later: &[Stmt]) -> bool {
        let Stmt::Local(local) = statement else { return false };
        let later = || later.iter().map(|statement| self.text(statement));
        names(&local.pat).iter().any(|name| later().any(|text| mentions(text, name)))
    }

    pub(super) fn statements(&mut self, statements: &[Stmt]) {
        for (index, statement) in statements.iter().enumerate() {
            let later = &statements[index + 1..];
            self.delete(statement, later);
            self.double(statement);
            self.ignore_errors(statement);
            if let Some(next) = later.first() {
                self.exchange(statement, next, later);
            }
            if index > 0 {
                self.return_before(statement);
            }
            if let Some(body) = body_of(statement) {
                self.over_the_edge(statement, body, statements.get(index.wrapping_sub(1)), later.first());
            }
            self.guard(statement, statements);
            self.join_at_once(statement, statements);
        }
    }

    fn delete(&mut self, statement: &Stmt, later: &[Stmt]) {
        let range = bytes(statement);
        if is_value(statement) {
            let is_unit = self.inside().is_some_and(|inside| inside.returns.trim() == "Result<()>");
            if is_unit && self.text(statement) != "Ok(())" {
                self.replace("delete", range, "Ok(())");
            }
        } else if !self.is_used(statement, later) && !matches!(statement, Stmt::Item(_)) {
            self.replace("delete", range, "");
        }
    }

    fn double(&mut self, statement: &Stmt) {
        let text = self.text(statement);
        let repeats = match statement {
            Stmt::Expr(Expr::Return(_) | Expr::Break(_) | Expr::Continue(_), _) => false,
            Stmt::Expr(_, Some(_)) | Stmt::Macro(_) => true,
            Stmt::Expr(Expr::ForLoop(_) | Expr::If(_), None) => true,
            Stmt::Local(local) => local.init.is_some() && text.contains('?'),
            _ => false,
        };
        if repeats {
            let range = bytes(statement);
            self.replace("double", range.end..range.end, format!(" {text}"));
        }
        // The last call of a function whose result it is.
        if let Stmt::Expr(Expr::MethodCall(_) | Expr::Call(_), None) = statement
            && text != "Ok(())"
            && self.inside().is_some_and(|inside| inside.returns.trim() == "Result<()>")
        {
            let range = bytes(statement);
            self.replace("double", range.start..range.start, format!("{text}?; "));
        }
    }

    /// `call()?;` becomes `let _ = call();`.
    fn ignore_errors(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Expr(Expr::Try(tried), Some(_)) => {
                let call = self.text(tried.expr.as_ref());
                self.replace("ignore-error", bytes(statement), format!("let _ = {call};"));
            }
            Stmt::Local(local) => {
                let Some(init) = &local.init else { return };
                if let Expr::Try(tried) = init.expr.as_ref() {
                    let range = bytes(tried);
                    let call = self.text(tried.expr.as_ref());
                    self.replace(
                        "give-up-quietly",
                        range,
                        format!("match {call} {{ Ok(hecho) => hecho, Err(_) => return Ok(()) }}"),
                    );
                }
            }
            _ => {}
        }
    }

    fn exchange(&mut self, statement: &Stmt, next: &Stmt, later: &[Stmt]) {
        if is_value(next) || self.is_used(statement, &later[..1]) || self.text(statement) == self.text(next) {
            return;
        }
        let (first, second) = (self.text(statement), self.text(next));
        let edits = vec![Edit::new(bytes(statement), second), Edit::new(bytes(next), first)];
        self.add("exchange", edits);
    }

    fn return_before(&mut self, statement: &Stmt) {
        let start = bytes(statement).start;
        let is_unit = self.inside().is_some_and(|inside| inside.returns.trim() == "Result<()>");
        if is_unit && self.text(statement) != "Ok(())" {
            // A condition that the compiler does not see through: what follows is not unreachable.
            self.replace("return-early", start..start, "if procesos::pid() > 0 { return Ok(()); } ");
        }
    }

    /// Statements that move into a loop or out of it; a loop that goes round once.
    fn over_the_edge(&mut self, statement: &Stmt, body: &Block, before: Option<&Stmt>, after: Option<&Stmt>) {
        let (whole, inner) = (bytes(statement), bytes(body));
        self.replace("once", inner.end - 1..inner.end - 1, " break; ");
        if let Some(last) = body.stmts.last().filter(|_| body.stmts.len() > 1) {
            let text = self.text(last);
            let text = if text.ends_with([';', '}']) { text.to_owned() } else { format!("{text};") };
            self.add("out-of-loop", vec![Edit::new(bytes(last), ""), Edit::new(whole.end..whole.end, text)]);
        }
        if let Some(first) = body.stmts.first() {
            let text = self.text(first);
            let edits = vec![Edit::new(whole.start..whole.start, text), Edit::new(bytes(first), "")];
            self.add("out-of-loop", edits);
        }
        if let Some(after) = after.filter(|after| !is_value(after)) {
            let text = self.text(after);
            let edits = vec![Edit::new(inner.end - 1..inner.end - 1, text), Edit::new(bytes(after), "")];
            self.add("into-loop", edits);
        }
        if let Some(before) = before.filter(|before| !matches!(before, Stmt::Item(_))) {
            let text = self.text(before);
            let edits = vec![Edit::new(bytes(before), ""), Edit::new(inner.start + 1..inner.start + 1, text)];
            self.add("into-loop", edits);
        }
    }
}
