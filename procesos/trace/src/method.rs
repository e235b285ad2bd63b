//! What is called of an object that a manager keeps.

/// Declares the methods with their numbers and names.
macro_rules! methods {
    ($($(#[$meta:meta])* $variant:ident = $number:literal, $name:literal;)*) => {
        /// A method of a list, a dictionary or a value that a manager keeps.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Method { $($(#[$meta])* $variant = $number,)* }

        impl Method {
            /// The method with this number; `None` for a number that this version does not know.
            #[must_use]
            pub fn from_number(number: u8) -> Option<Self> {
                match number { $($number => Some(Self::$variant),)* _ => None }
            }

            /// Its name, as it is called.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

methods! {
    /// Makes an object.
    New = 1, "new";
    /// Reads a value, an element, or what is at a key.
    Get = 2, "get";
    /// Writes a value, an element, or what is at a key.
    Set = 3, "set";
    /// Adds an element at the end.
    Append = 4, "append";
    /// Adds several elements at the end.
    Extend = 5, "extend";
    /// Adds an element before another one.
    Insert = 6, "insert";
    /// Takes the last element out.
    Pop = 7, "pop";
    /// Takes out an element, or a key.
    Remove = 8, "remove";
    /// Takes everything out.
    Clear = 9, "clear";
    /// Asks whether there is an element.
    Contains = 10, "contains";
    /// Asks how many there are.
    Len = 11, "len";
    /// Asks whether there are none.
    IsEmpty = 12, "is_empty";
    /// Reads all elements.
    ToVec = 13, "to_vec";
    /// Asks whether there is a key.
    ContainsKey = 14, "contains_key";
    /// Writes at several keys.
    Update = 15, "update";
    /// Reads what is at a key, after writing where there was nothing.
    SetDefault = 16, "set_default";
    /// Reads all keys.
    Keys = 17, "keys";
    /// Reads all values.
    Values = 18, "values";
    /// Reads all keys and values.
    Items = 19, "items";
}

impl Method {
    /// Whether it reads what a part of its object holds, or whether that is there.
    #[must_use]
    pub fn reads(self) -> bool {
        matches!(
            self,
            Self::Get | Self::ContainsKey | Self::SetDefault | Self::ToVec | Self::Values | Self::Items
        )
    }

    /// Whether it writes a part of its object, or takes it out.
    #[must_use]
    pub fn writes(self) -> bool {
        matches!(self, Self::Set | Self::Update | Self::SetDefault | Self::Remove | Self::Clear)
    }

    /// Whether it writes whatever was there before.
    #[must_use]
    pub fn overwrites(self) -> bool {
        matches!(self, Self::Set | Self::Update)
    }

    /// Whether it is about all parts of its object.
    #[must_use]
    pub fn is_about_all(self) -> bool {
        matches!(self, Self::ToVec | Self::Values | Self::Items | Self::Clear)
    }

    /// Whether elements of a list have other indices after it.
    #[must_use]
    pub fn moves_elements(self) -> bool {
        matches!(self, Self::Insert | Self::Pop | Self::Remove | Self::Clear)
    }
}
