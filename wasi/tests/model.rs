//! The scratch file system against a naive one: a table from whole paths to what is there.

mod common;

use common::*;
use lockstep_wasi::{Errno, PtrWidth};
use proptest::prelude::*;
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Thing {
    Dir,
    /// The number of a file in the model's table of contents: hard links share it.
    File(usize),
    /// A symbolic link: its number, which hard links share, and its target.
    Link(usize, String),
}

/// Paths are rows of names; the root is the empty row and always there.
#[derive(Debug, Default)]
struct Model {
    things: BTreeMap<Vec<String>, Thing>,
    contents: Vec<Vec<u8>>,
    /// How many symbolic links were made.
    links: usize,
}

fn parse(path: &str) -> Vec<String> {
    path.split('/').map(str::to_owned).collect()
}

impl Model {
    fn get(&self, path: &[String]) -> Option<&Thing> {
        if path.is_empty() {
            Some(&Thing::Dir)
        } else {
            self.things.get(path)
        }
    }

    /// Replaces links in all but the last name. `Err` is what any call answers.
    fn parent(&self, path: &[String], links: &mut u32) -> Result<Vec<String>, Errno> {
        let (last, above) = path.split_last().unwrap();
        let mut here = self.follow(above, links)?;
        match self.get(&here) {
            Some(Thing::Dir) => {
                here.push(last.clone());
                Ok(here)
            }
            Some(_) => Err(Errno::Notdir),
            None => Err(Errno::Noent),
        }
    }

    /// Replaces all links. The last name may not exist.
    fn follow(&self, path: &[String], links: &mut u32) -> Result<Vec<String>, Errno> {
        if path.is_empty() {
            return Ok(Vec::new());
        }
        let place = self.parent(path, links)?;
        match self.get(&place) {
            Some(Thing::Link(_, target)) => {
                *links += 1;
                if *links > 40 {
                    return Err(Errno::Loop);
                }
                let mut target_path = place[..place.len() - 1].to_vec();
                target_path.extend(parse(target));
                self.follow(&target_path, links)
            }
            _ => Ok(place),
        }
    }

    fn place(&self, path: &str) -> Result<Vec<String>, Errno> {
        self.parent(&parse(path), &mut 0)
    }

    fn is_empty(&self, path: &[String]) -> bool {
        !self
            .things
            .keys()
            .any(|other| other.len() > path.len() && other.starts_with(path))
    }

    fn add(&mut self, path: &str, thing: Thing) -> Result<(), Errno> {
        let place = self.place(path)?;
        if self.things.contains_key(&place) {
            return Err(Errno::Exist);
        }
        self.things.insert(place, thing);
        Ok(())
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), Errno> {
        let place = self.place(path)?;
        match self.things.get(&place) {
            Some(Thing::Dir) => Err(Errno::Isdir),
            Some(Thing::Link(..)) => Err(Errno::Loop),
            Some(Thing::File(file)) => {
                self.contents[*file] = bytes.to_vec();
                Ok(())
            }
            None => {
                self.contents.push(bytes.to_vec());
                self.things
                    .insert(place, Thing::File(self.contents.len() - 1));
                Ok(())
            }
        }
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, Errno> {
        let place = self.follow(&parse(path), &mut 0)?;
        match self.get(&place) {
            None => Err(Errno::Noent),
            // A directory opens, but has no bytes.
            Some(Thing::Dir) => Err(Errno::Badf),
            Some(Thing::File(file)) => Ok(self.contents[*file].clone()),
            Some(Thing::Link(..)) => unreachable!("links were followed"),
        }
    }

    fn remove(&mut self, path: &str, dir: bool) -> Result<(), Errno> {
        let place = self.place(path)?;
        match (self.things.get(&place), dir) {
            (None, _) => return Err(Errno::Noent),
            (Some(Thing::Dir), false) => return Err(Errno::Isdir),
            (Some(Thing::Dir), true) if !self.is_empty(&place) => return Err(Errno::Notempty),
            (Some(Thing::File(_) | Thing::Link(..)), true) => return Err(Errno::Notdir),
            _ => {}
        }
        self.things.remove(&place);
        Ok(())
    }

    fn link(&mut self, old: &str, new: &str) -> Result<(), Errno> {
        let old = self.place(old)?;
        let new_place = self.place(new)?;
        let thing = self.things.get(&old).ok_or(Errno::Noent)?.clone();
        if thing == Thing::Dir {
            return Err(Errno::Perm);
        }
        if self.things.contains_key(&new_place) {
            return Err(Errno::Exist);
        }
        self.things.insert(new_place, thing);
        Ok(())
    }

    fn rename(&mut self, old: &str, new: &str) -> Result<(), Errno> {
        let old = self.place(old)?;
        let new = self.place(new)?;
        let thing = self.things.get(&old).ok_or(Errno::Noent)?.clone();
        let there = self.things.get(&new).cloned();
        // Two names of one thing: POSIX has nothing happen.
        let same = thing != Thing::Dir && there.as_ref() == Some(&thing);
        if old == new || same {
            return Ok(());
        }
        if thing == Thing::Dir {
            if new.starts_with(&old) {
                return Err(Errno::Inval);
            }
            match there {
                Some(Thing::Dir) if !self.is_empty(&new) => return Err(Errno::Notempty),
                Some(Thing::Dir) | None => {}
                Some(_) => return Err(Errno::Notdir),
            }
        } else if there == Some(Thing::Dir) {
            return Err(Errno::Isdir);
        }
        let moved: Vec<_> = self
            .things
            .keys()
            .filter(|path| path.starts_with(&old))
            .cloned()
            .collect();
        for path in moved {
            if let Some(thing) = self.things.remove(&path) {
                self.things
                    .insert([&new[..], &path[old.len()..]].concat(), thing);
            }
        }
        Ok(())
    }

    fn list(&self, dir: &[String]) -> Vec<String> {
        let below = self
            .things
            .keys()
            .filter(|path| path.len() == dir.len() + 1 && path.starts_with(dir));
        below.map(|path| path[dir.len()].clone()).collect()
    }
}

#[derive(Debug, Clone)]
enum Step {
    Mkdir(String),
    Rmdir(String),
    Unlink(String),
    Symlink(String, String),
    Link(String, String),
    Rename(String, String),
    Write(String, Vec<u8>),
    Read(String),
}

fn path() -> impl Strategy<Value = String> {
    "[abc](/[abc]){0,3}"
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => path().prop_map(Step::Mkdir),
        1 => path().prop_map(Step::Rmdir),
        1 => path().prop_map(Step::Unlink),
        1 => ("[abc](/[abc])?", path()).prop_map(|(target, path)| Step::Symlink(target, path)),
        2 => (path(), path()).prop_map(|(old, new)| Step::Link(old, new)),
        4 => (path(), path()).prop_map(|(old, new)| Step::Rename(old, new)),
        3 => (path(), prop::collection::vec(any::<u8>(), 0..40)).prop_map(|(path, bytes)| Step::Write(path, bytes)),
        2 => path().prop_map(Step::Read),
    ]
}

/// Compares all that both hold, directory by directory.
fn compare(sim: &mut Sim, model: &Model) {
    let mut dirs = vec![Vec::new()];
    while let Some(dir) = dirs.pop() {
        let path = if dir.is_empty() {
            ".".to_owned()
        } else {
            dir.join("/")
        };
        let fd = sim.open(&path, DIRECTORY, READ).unwrap();
        let names = sim.list(fd).unwrap();
        sim.close(fd).unwrap();
        assert_eq!(names[2..], model.list(&dir), "in {path}");
        for name in &names[2..] {
            let place = [&dir[..], std::slice::from_ref(name)].concat();
            let path = place.join("/");
            let stat = sim.stat(&path, NOFOLLOW).unwrap();
            match &model.things[&place] {
                Thing::Dir => dirs.push(place),
                Thing::File(file) => {
                    let links = model
                        .things
                        .values()
                        .filter(|thing| **thing == Thing::File(*file))
                        .count();
                    assert_eq!(
                        sim.read_file(&path).unwrap(),
                        model.contents[*file],
                        "{path}"
                    );
                    assert_eq!(stat.links, links as u64, "{path}");
                }
                Thing::Link(_, target) => assert_eq!(&sim.readlink(&path, 100).unwrap(), target),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn scratch_behaves_like_the_model(steps in prop::collection::vec(step(), 1..60)) {
        let mut sim = Sim::scratch(PtrWidth::W64);
        let mut model = Model::default();
        for step in steps {
            match &step {
                Step::Mkdir(path) => prop_assert_eq!(sim.mkdir(path), model.add(path, Thing::Dir), "{:?}", step),
                Step::Rmdir(path) => prop_assert_eq!(sim.rmdir(path), model.remove(path, true), "{:?}", step),
                Step::Unlink(path) => prop_assert_eq!(sim.unlink(path), model.remove(path, false), "{:?}", step),
                Step::Symlink(target, path) => {
                    model.links += 1;
                    let expected = model.add(path, Thing::Link(model.links, target.clone()));
                    prop_assert_eq!(sim.symlink(target, path), expected, "{:?}", step);
                }
                Step::Link(old, new) => prop_assert_eq!(sim.link(old, new), model.link(old, new), "{:?}", step),
                Step::Rename(old, new) => prop_assert_eq!(sim.rename(old, new), model.rename(old, new), "{:?}", step),
                Step::Write(path, bytes) => {
                    prop_assert_eq!(sim.write_file(path, bytes), model.write(path, bytes), "{:?}", step);
                }
                Step::Read(path) => prop_assert_eq!(sim.read_file(path), model.read(path), "{:?}", step),
            }
        }
        compare(&mut sim, &model);
    }
}
