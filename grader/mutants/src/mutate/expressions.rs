//! Changes to expressions: numbers, comparisons, conditions, ranges, loops, arms, and which name stands where.

use syn::{BinOp, Expr, Lit, RangeLimits};

use super::{Edit, Finder, bytes};

/// Methods whose receiver may be exchanged for that of another one.
const SHARED: [&str; 10] =
    ["put", "get", "try_get", "send", "recv", "set", "acquire", "join", "is_empty", "start"];

impl Finder<'_> {
    pub(super) fn expression(&mut self, expression: &Expr) {
        match expression {
            Expr::Lit(literal) => self.literal(&literal.lit),
            Expr::Binary(binary) => self.operation(&binary.op),
            Expr::Range(range) => self.range(range),
            Expr::If(choice) => self.condition(&choice.cond),
            Expr::While(each) => {
                self.condition(&each.cond);
                self.replace("once", bytes(&each.while_token), "if");
            }
            Expr::ForLoop(each) => self.rounds(&each.expr),
            Expr::Break(leave) if leave.expr.is_none() && leave.label.is_none() => {
                self.replace("break-continue", bytes(leave), "continue");
                self.replace("break-return", bytes(leave), "return Ok(())");
            }
            Expr::Continue(next) if next.label.is_none() => {
                self.replace("break-continue", bytes(next), "break");
            }
            Expr::Return(back) => {
                self.replace("return-loop", bytes(back), "break");
                self.replace("return-loop", bytes(back), "continue");
            }
            Expr::Match(choice) => self.arms(choice),
            Expr::MethodCall(call) => self.method(call),
            Expr::Call(call) => self.exchange_arguments(&call.args),
            Expr::Tuple(tuple) => {
                self.exchange_arguments(&tuple.elems);
                self.one_more(&tuple.elems);
            }
            Expr::Struct(made) => self.fields(made),
            Expr::Field(field) => self.field(field),
            _ => {}
        }
    }

    fn literal(&mut self, literal: &Lit) {
        match literal {
            Lit::Int(number) => {
                let Ok(value) = number.base10_parse::<u64>() else { return };
                let suffix = number.suffix();
                self.replace("off-by-one", bytes(number), format!("{}{suffix}", value + 1));
                if let Some(less) = value.checked_sub(1) {
                    self.replace("off-by-one", bytes(number), format!("{less}{suffix}"));
                }
            }
            Lit::Bool(truth) => self.replace("other-truth", bytes(truth), (!truth.value).to_string()),
            _ => {}
        }
    }

    fn operation(&mut self, operation: &BinOp) {
        let others: &[&str] = match operation {
            BinOp::Lt(_) => &["<=", ">="],
            BinOp::Le(_) => &["<", ">"],
            BinOp::Gt(_) => &[">=", "<="],
            BinOp::Ge(_) => &[">", "<"],
            BinOp::Eq(_) => &["!="],
            BinOp::Ne(_) => &["=="],
            BinOp::And(_) => &["||"],
            BinOp::Or(_) => &["&&"],
            BinOp::Add(_) => &["-"],
            BinOp::Sub(_) => &["+"],
            BinOp::Mul(_) => &["/"],
            BinOp::Div(_) => &["*"],
            BinOp::Rem(_) => &["/"],
            BinOp::AddAssign(_) => &["-=", "="],
            BinOp::SubAssign(_) => &["+="],
            _ => &[],
        };
        for other in others {
            self.replace("other-operator", bytes(operation), *other);
        }
    }

    fn range(&mut self, range: &syn::ExprRange) {
        if let Some(end) = &range.end {
            let other = if matches!(range.limits, RangeLimits::HalfOpen(_)) { "..=" } else { ".." };
            self.replace("other-end", bytes(&range.limits), other);
            let (text, at) = (self.text(end.as_ref()), bytes(end.as_ref()));
            self.replace("off-by-one", at.clone(), format!("({text}).saturating_sub(1)"));
            self.replace("off-by-one", at, format!("({text} + 1)"));
        }
        if let Some(start) = &range.start {
            let (text, at) = (self.text(start.as_ref()), bytes(start.as_ref()));
            self.replace("off-by-one", at, format!("({text} + 1)"));
        }
    }

    fn condition(&mut self, condition: &Expr) {
        if matches!(condition, Expr::Let(_)) {
            return;
        }
        let (text, at) = (self.text(condition), bytes(condition));
        let negated = match condition {
            Expr::Unary(syn::ExprUnary { op: syn::UnOp::Not(_), expr, .. }) => {
                self.text(expr.as_ref()).to_owned()
            }
            _ => format!("!({text})"),
        };
        self.replace("negated", at, negated);
    }

    /// Fewer rounds of a loop over something, or in the other order.
    fn rounds(&mut self, over: &Expr) {
        let (text, at) = (self.text(over), bytes(over));
        for (operator, call) in [("skip-one", "skip(1)"), ("take-one", "take(1)"), ("backwards", "rev()")] {
            self.replace(operator, at.clone(), format!("({text}).into_iter().{call}"));
        }
    }

    fn arms(&mut self, choice: &syn::ExprMatch) {
        for pair in choice.arms.windows(2) {
            let (first, second) = (self.text(pair[0].body.as_ref()), self.text(pair[1].body.as_ref()));
            let edits = vec![
                Edit::new(bytes(pair[0].body.as_ref()), second),
                Edit::new(bytes(pair[1].body.as_ref()), first),
            ];
            self.add("exchange-arms", edits);
        }
        for arm in &choice.arms {
            if let Some((token, guard)) = &arm.guard {
                let range = bytes(token).start..bytes(guard.as_ref()).end;
                self.replace("arm-without-guard", range, "");
                self.condition(guard);
            }
            self.replace("delete-arm", bytes(arm), "");
            for body in ["continue", "break", "return Ok(())", "{}"] {
                self.replace("other-arm", bytes(arm.body.as_ref()), body);
            }
        }
    }

    fn method(&mut self, call: &syn::ExprMethodCall) {
        self.exchange_arguments(&call.args);
        let Some(inside) = self.inside() else { return };
        if matches!(*call.receiver, Expr::Path(_)) {
            let receiver = self.text(call.receiver.as_ref());
            let method = call.method.to_string();
            let others: Vec<String> = if method == "clone" {
                inside.clones.clone()
            } else if SHARED.contains(&method.as_str()) {
                let same = inside.receivers.iter().filter(|(other, _)| SHARED.contains(&other.as_str()));
                same.map(|(_, receiver)| receiver.clone()).collect()
            } else {
                Vec::new()
            };
            for other in others.into_iter().filter(|other| other != receiver) {
                self.replace("other-handle", bytes(call.receiver.as_ref()), other);
            }
            if method == "clone" {
                for own in ["Lock::new()?", "Queue::bounded(4)?", "Value::new(0)?"] {
                    self.replace("handle-of-its-own", bytes(call), own);
                }
            }
        }
        match call.method.to_string().as_str() {
            "to_uppercase" => self.replace("other-case", bytes(&call.method), "to_lowercase"),
            "rev" | "skip" | "take" if !call.args.is_empty() || call.method == "rev" => {
                self.replace("without-adapter", bytes(&call.dot_token).start..bytes(call).end, "");
            }
            "join" => {
                self.replace("not-joined", bytes(&call.method), "terminate");
                self.replace("not-joined", bytes(&call.method), "is_alive");
            }
            "acquire" => self.replace("tried-only", bytes(&call.method), "try_acquire"),
            "recv" => self.replace("polled-only", bytes(&call.method), "poll"),
            _ => {}
        }
    }

    fn exchange_arguments<P>(&mut self, arguments: &syn::punctuated::Punctuated<Expr, P>) {
        let arguments: Vec<&Expr> = arguments.iter().collect();
        for pair in arguments.windows(2) {
            let (first, second) = (self.text(pair[0]), self.text(pair[1]));
            let edits = vec![Edit::new(bytes(pair[0]), second), Edit::new(bytes(pair[1]), first)];
            self.add("exchange-arguments", edits);
        }
    }

    /// One more or one less in place of a whole number that is handed over.
    fn one_more<P>(&mut self, arguments: &syn::punctuated::Punctuated<Expr, P>) {
        for argument in arguments {
            let text = self.text(argument);
            let is_number =
                self.inside().is_some_and(|inside| inside.integers.iter().any(|name| name == text));
            if is_number || matches!(argument, Expr::Field(_)) {
                self.replace("off-by-one", bytes(argument), format!("{text} + 1"));
                self.replace("off-by-one", bytes(argument), format!("{text}.saturating_sub(1)"));
            }
        }
    }

    fn fields(&mut self, made: &syn::ExprStruct) {
        let fields: Vec<&syn::FieldValue> = made.fields.iter().collect();
        for pair in fields.windows(2) {
            let named = |field: &syn::FieldValue, value: &syn::FieldValue| {
                format!("{}: {}", self.text(&field.member), self.text(&value.expr))
            };
            let (first, second) = (named(pair[0], pair[1]), named(pair[1], pair[0]));
            self.add(
                "exchange-fields",
                vec![Edit::new(bytes(pair[0]), first), Edit::new(bytes(pair[1]), second)],
            );
        }
        for field in fields {
            let text = self.text(&field.expr);
            if self.inside().is_some_and(|inside| inside.integers.iter().any(|name| name == text)) {
                let member = self.text(&field.member);
                self.replace("off-by-one", bytes(field), format!("{member}: {text} + 1"));
            }
        }
    }

    /// Another field of the same thing.
    fn field(&mut self, field: &syn::ExprField) {
        let (Expr::Path(_), syn::Member::Named(member)) = (field.base.as_ref(), &field.member) else {
            return;
        };
        let base = self.text(field.base.as_ref());
        let Some(inside) = self.inside() else { return };
        let others = inside.fields.iter().filter(|(other, name)| other == base && member != name);
        let others: Vec<String> = others.map(|(_, name)| name.clone()).collect();
        for other in others {
            self.replace("other-field", member.span().byte_range(), other);
        }
    }
}
