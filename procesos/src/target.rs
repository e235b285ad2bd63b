//! What a process can run, and what that may return.

use std::fmt;

/// Exit code of a process whose target returned an error.
pub(crate) const EXIT_ERROR: i32 = 1;

/// What a target may return: `()`, or a `Result` whose error is told on standard error and makes exit code 1. In Python what
/// the function returns is dropped, and an exception is exit code 1.
///
/// ```
/// fn dividir(a: u32, b: u32) -> Result<(), String> {
///     a.checked_div(b).map(drop).ok_or_else(|| "no se divide entre cero".to_owned())
/// }
/// # fn main() -> procesos::Result<()> {
/// let status = procesos::Process::new(dividir, (1, 0)).start()?.join()?;
/// assert_eq!(status.code(), Some(1));
/// # Ok(())
/// # }
/// ```
pub trait Outcome {
    /// The exit code, after telling an error.
    #[doc(hidden)]
    fn exit_code(self, name: &str) -> i32;
}

impl Outcome for () {
    fn exit_code(self, _name: &str) -> i32 {
        0
    }
}

impl<E: fmt::Display> Outcome for Result<(), E> {
    fn exit_code(self, name: &str) -> i32 {
        match self {
            Ok(()) => 0,
            Err(error) => {
                eprintln!("{name}: {error}");
                EXIT_ERROR
            }
        }
    }
}

/// A function that a process can run, with the tuple of its arguments. What `target=` may be in Python, where any callable is.
///
/// Implemented for functions, function pointers and closures that capture nothing, of up to eight parameters.
///
/// ```
/// fn trabajo(numero: u32) {
///     println!("{numero}");
/// }
/// # fn main() -> procesos::Result<()> {
/// let funciones: [fn(u32); 2] = [trabajo, |numero| println!("otra vez {numero}")];
/// for funcion in funciones {
///     procesos::Process::new(funcion, (7,)).start()?.join()?;
/// }
/// # Ok(())
/// # }
/// ```
pub trait Target<Args>: Copy + 'static {
    #[doc(hidden)]
    type Returned: Outcome;
    #[doc(hidden)]
    fn run(self, args: Args) -> Self::Returned;
}

macro_rules! target {
    ($($letter:ident $name:ident),*) => {
        impl<Function, Returned, $($letter),*> Target<($($letter,)*)> for Function
        where
            Function: Fn($($letter),*) -> Returned + Copy + 'static,
            Returned: Outcome,
        {
            type Returned = Returned;
            fn run(self, ($($name,)*): ($($letter,)*)) -> Returned {
                self($($name),*)
            }
        }
    };
}

target!();
target!(A a);
target!(A a, B b);
target!(A a, B b, C c);
target!(A a, B b, C c, D d);
target!(A a, B b, C c, D d, E e);
target!(A a, B b, C c, D d, E e, F f);
target!(A a, B b, C c, D d, E e, F f, G g);
target!(A a, B b, C c, D d, E e, F f, G g, H h);
