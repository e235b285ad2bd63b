//! What the commands and the errors say, in Spanish and English. Reports have files of their own.
