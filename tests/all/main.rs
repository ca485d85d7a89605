//! One integration binary: linking is paid once.

mod nlu;
