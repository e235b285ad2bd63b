//! What a pool can do: functions, how they are called with what they are given, and what counts as an error of theirs.

use std::error;
use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::batch;

/// The argument is passed as it is.
#[derive(Debug, Clone, Copy)]
pub enum Whole {}
/// The argument is a tuple of all arguments, as in Python's `starmap` and `apply`.
#[derive(Debug, Clone, Copy)]
pub enum Spread {}

/// A function that a worker of a [`Pool`](crate::Pool) can call with `Args`. What `map` and `apply` take in Python, where any
/// function of a module is one.
///
/// Implemented for functions, function pointers and closures that capture nothing. `Args` is the one parameter
/// (`fn cuadrado(n: i64)` with `5`), or the tuple of all where
/// they are none or two to six (`fn potencia(base: i64, exponente: u32)` with `(2, 10)`).
///
/// ```
/// fn cubo(n: i64) -> i64 {
///     n.pow(3)
/// }
/// # fn main() -> procesos::Result<()> {
/// let pool = procesos::Pool::new(1)?;
/// assert_eq!(pool.map(cubo, [1, 2])?, [1, 8]);
/// assert_eq!(pool.apply(i64::pow, (2_i64, 10_u32))?, 1024);
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no task that can be called with `{Args}`",
    note = "a task captures nothing, and takes the item itself or the tuple's parts as parameters"
)]
pub trait Task<Args, Form>: Copy + 'static {
    /// What the function returns.
    type Returned;
    #[doc(hidden)]
    fn call(self, args: Args) -> Self::Returned;
}

impl<Function, Arg, Returned> Task<Arg, Whole> for Function
where
    Function: Fn(Arg) -> Returned + Copy + 'static,
{
    type Returned = Returned;
    fn call(self, arg: Arg) -> Returned {
        self(arg)
    }
}

macro_rules! spread {
    ($($letter:ident $name:ident),*) => {
        impl<Function, Returned, $($letter),*> Task<($($letter,)*), Spread> for Function
        where
            Function: Fn($($letter),*) -> Returned + Copy + 'static,
        {
            type Returned = Returned;
            fn call(self, ($($name,)*): ($($letter,)*)) -> Returned {
                self($($name),*)
            }
        }
    };
}

spread!();
// Not one alone: then a single argument could be meant in two ways, and its type not be told.
spread!(A a, B b);
spread!(A a, B b, C c);
spread!(A a, B b, C c, D d);
spread!(A a, B b, C c, D d, E e);
spread!(A a, B b, C c, D d, E e, G g);

/// All that it returns is a value.
#[derive(Debug, Clone, Copy)]
pub enum AsValue {}
/// It may return an error, which makes the task fail.
#[derive(Debug, Clone, Copy)]
pub enum OrError {}
/// The same with an error of any type in a box.
#[derive(Debug, Clone, Copy)]
pub enum OrBoxed {}

/// What a task may return. In Python anything that can be pickled, and an exception is an error of the task.
///
/// Anything that travels is a value. A `Result` whose error is an error type that does not travel (that of this library, of the
/// system, a boxed one) makes the task fail with the error's message; one whose error travels (a `String`) is a value like any
/// other.
///
/// ```
/// use std::num::ParseIntError;
///
/// fn leer(texto: String) -> Result<i64, ParseIntError> {
///     texto.parse()
/// }
/// # fn main() -> procesos::Result<()> {
/// let pool = procesos::Pool::new(1)?;
/// assert_eq!(pool.apply(leer, "12".to_owned())?, 12);
/// assert!(pool.apply(leer, "doce".to_owned()).is_err_and(|e| e.is_task_failed()));
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing that a task can return",
    note = "a result has to travel (`Serialize` and `Deserialize`), or be a `Result` of such a value and an error"
)]
pub trait Answer<Kind> {
    /// What comes back.
    type Value: Serialize + DeserializeOwned;
    #[doc(hidden)]
    fn told(self) -> Result<Self::Value, String>;
}

impl<Value: Serialize + DeserializeOwned> Answer<AsValue> for Value {
    type Value = Value;
    fn told(self) -> Result<Value, String> {
        Ok(self)
    }
}

impl<Value: Serialize + DeserializeOwned, Error: error::Error> Answer<OrError> for Result<Value, Error> {
    type Value = Value;
    fn told(self) -> Result<Value, String> {
        self.map_err(message)
    }
}

impl<Value: Serialize + DeserializeOwned> Answer<OrBoxed> for Result<Value, Box<dyn error::Error>> {
    type Value = Value;
    fn told(self) -> Result<Value, String> {
        self.map_err(message)
    }
}

impl<Value: Serialize + DeserializeOwned> Answer<OrBoxed>
    for Result<Value, Box<dyn error::Error + Send + Sync>>
{
    type Value = Value;
    fn told(self) -> Result<Value, String> {
        self.map_err(message)
    }
}

fn message(error: impl fmt::Display) -> String {
    error.to_string()
}

/// What a [`Pool`](crate::Pool) can be given to do: a [`Task`] with arguments that travel, and that returns an [`Answer`]. As the
/// functions that `map`, `apply` and the others take in Python.
///
/// `Form` tells how the function takes its arguments, `Kind` what counts as an error of it; the compiler finds both. It is named only
/// by functions that pass tasks on:
///
/// ```
/// use procesos::{Pool, Result, Work};
///
/// fn con_dos<Tarea, Form, Kind>(tarea: Tarea, cuantos: u32) -> Result<Vec<Tarea::Value>>
/// where
///     Tarea: Work<u32, Form, Kind>,
/// {
///     Pool::new(2)?.map(tarea, 0..cuantos)
/// }
///
/// fn main() -> Result<()> {
///     assert_eq!(con_dos(|n: u32| n * n, 4)?, [0, 1, 4, 9]);
///     Ok(())
/// }
/// ```
pub trait Work<Args, Form, Kind>: Copy + 'static {
    /// What comes back of a call.
    type Value: DeserializeOwned;
    /// The bytes of the tasks of calling it with each of `all`, `most` calls a task.
    #[doc(hidden)]
    fn messages(self, all: &[Args], most: usize) -> crate::Result<Vec<Vec<u8>>>;
}

impl<Function, Args, Form, Kind> Work<Args, Form, Kind> for Function
where
    Function: Task<Args, Form>,
    Function::Returned: Answer<Kind>,
    Args: Serialize + DeserializeOwned,
{
    type Value = <Function::Returned as Answer<Kind>>::Value;
    fn messages(self, all: &[Args], most: usize) -> crate::Result<Vec<Vec<u8>>> {
        batch::messages(self, all, most)
    }
}
