//! A list that only grows and is read without locks, even by the handler of a
//! signal: what is in it stays where it is until the list is dropped.

use std::sync::OnceLock;

/// The list. Adding walks it to its end.
pub(crate) struct Chain<T> {
    first: OnceLock<Box<Link<T>>>,
}

struct Link<T> {
    value: T,
    next: OnceLock<Box<Link<T>>>,
}

impl<T> Default for Chain<T> {
    fn default() -> Chain<T> {
        Chain {
            first: OnceLock::new(),
        }
    }
}

impl<T> Chain<T> {
    /// Adds `value` behind all others.
    pub(crate) fn push(&self, value: T) {
        let mut link = Box::new(Link {
            value,
            next: OnceLock::new(),
        });
        let mut end = &self.first;
        // Another thread may be faster: then the end is farther on.
        while let Err(back) = end.set(link) {
            link = back;
            end = &end.get().expect("it is set, or setting had worked").next;
        }
    }

    /// The values in the order in which they came.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        let mut at = &self.first;
        std::iter::from_fn(move || {
            let link = at.get()?;
            at = &link.next;
            Some(&link.value)
        })
    }
}

impl<T> Drop for Chain<T> {
    /// Link by link: each dropping the next would take stack for all of them.
    fn drop(&mut self) {
        let mut link = self.first.take();
        while let Some(mut own) = link {
            link = own.next.take();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Chain;

    #[test]
    fn values_come_in_their_order() {
        let chain = Chain::default();
        assert_eq!(chain.iter().next(), None::<&i32>);
        (0..5).for_each(|value| chain.push(value));
        assert!(chain.iter().copied().eq(0..5));
    }

    #[test]
    fn threads_lose_nothing() {
        let chain = Chain::default();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let chain = &chain;
                scope.spawn(move || (0..500).for_each(|n| chain.push(thread * 500 + n)));
            }
        });
        let mut all: Vec<i32> = chain.iter().copied().collect();
        all.sort_unstable();
        assert!(all.into_iter().eq(0..2000));
    }

    #[test]
    fn a_long_one_is_dropped_without_a_deep_stack() {
        // Long enough to exhaust a stack if each link dropped the next, and
        // built from its end because adding walks.
        let mut chain = Chain::default();
        for value in 0..200_000 {
            let next = std::mem::take(&mut chain);
            chain = next.behind(value);
        }
        assert_eq!(chain.iter().count(), 200_000);
    }

    impl<T> Chain<T> {
        /// This one behind a first value.
        fn behind(mut self, value: T) -> Chain<T> {
            let chain = Chain::default();
            chain.push(value);
            let link = chain.first.get().expect("a value was added");
            if let Some(rest) = self.first.take() {
                assert!(link.next.set(rest).is_ok(), "nothing is behind it");
            }
            chain
        }
    }
}
