//! What a person has measured on a series: the marks, and the way back through what was done to them.

use crate::state::Window;
use serde::{Deserialize, Serialize};
use volume::{Cut, DVec3, Outline, Region, Statistics, angle_degrees};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    Length,
    Angle,
    Region(Outline),
}

/// Places in the patient, and what they tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    pub id: u32,
    /// What the person calls it; empty for its kind and number.
    pub name: String,
    pub form: Form,
    /// Length: both ends. Angle: end, vertex, end. Region: two opposite corners.
    pub places: Vec<DVec3>,
    /// The picture that it was drawn on.
    pub cut: Cut,
    /// The window that it was drawn in.
    pub window: Window,
    pub statistics: Option<Statistics>,
}

impl Mark {
    pub fn length(&self) -> f64 {
        match self.places.as_slice() {
            [a, b, ..] => (*b - *a).length(),
            _ => 0.0,
        }
    }

    pub fn degrees(&self) -> f64 {
        match self.places.as_slice() {
            [a, vertex, b] => angle_degrees(*a, *vertex, *b),
            _ => 0.0,
        }
    }

    pub fn region(&self) -> Option<Region> {
        let Form::Region(outline) = self.form else { return None };
        let [a, b] = self.places.as_slice() else { return None };
        let corners = [*a, *b].map(|place| flat(&self.cut, place));
        Some(Region { outline, cut: self.cut, corners })
    }

    /// What a hand can take hold of; of a region all four corners of its box.
    pub fn handles(&self) -> Vec<DVec3> {
        match self.region() {
            Some(Region { corners: [[a, b], [c, d]], .. }) => {
                [[a, b], [c, b], [c, d], [a, d]].map(|pixel| self.cut.place(pixel)).to_vec()
            }
            None => self.places.clone(),
        }
    }

    /// Moves a handle; of a region the corner across stays where it is.
    fn move_handle(&mut self, handle: usize, to: DVec3) {
        let Some(Region { corners: [[mut left, mut top], [mut right, mut bottom]], .. }) =
            self.region()
        else {
            if let Some(place) = self.places.get_mut(handle) {
                *place = to;
            }
            return;
        };
        let [u, v] = flat(&self.cut, to);
        match handle {
            0 => (left, top) = (u, v),
            1 => (right, top) = (u, v),
            2 => (right, bottom) = (u, v),
            _ => (left, bottom) = (u, v),
        }
        self.places = [[left, top], [right, bottom]].map(|pixel| self.cut.place(pixel)).to_vec();
    }

    /// Its middle: where it is gone to.
    pub fn middle(&self) -> DVec3 {
        self.places.iter().sum::<DVec3>() / self.places.len().max(1) as f64
    }

    /// Where its handles lie on a picture, if it lies in it: nowhere further off than `reach` mm.
    pub fn on(&self, cut: &Cut, reach: f64) -> Option<Vec<[f64; 2]>> {
        let pixels = self.handles().into_iter().map(|place| {
            let [u, v, off] = cut.pixel(place);
            (off.abs() <= reach).then_some([u, v])
        });
        pixels.collect()
    }
}

fn flat(cut: &Cut, place: DVec3) -> [f64; 2] {
    let [u, v, _] = cut.pixel(place);
    [u, v]
}

/// The marks of one series. Each act can be taken back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marks {
    pub list: Vec<Mark>,
    pub chosen: Option<u32>,
    last: u32,
    past: Vec<Vec<Mark>>,
    future: Vec<Vec<Mark>>,
}

impl Marks {
    /// What follows is one act.
    pub fn begin(&mut self) {
        self.past.push(self.list.clone());
        self.future.clear();
    }

    /// The act came to nothing.
    pub fn abandon(&mut self) {
        if let Some(before) = self.past.pop() {
            self.list = before;
        }
    }

    pub fn add(&mut self, mark: Mark) {
        self.begin();
        self.chosen = Some(mark.id);
        self.list.push(mark);
    }

    /// The number of the next mark.
    pub fn next(&mut self) -> u32 {
        self.last += 1;
        self.last
    }

    pub fn chosen(&self) -> Option<&Mark> {
        self.get(self.chosen?)
    }

    pub fn get(&self, id: u32) -> Option<&Mark> {
        self.list.iter().find(|mark| mark.id == id)
    }

    pub fn get_mut(&mut self, id: u32) -> Option<&mut Mark> {
        self.list.iter_mut().find(|mark| mark.id == id)
    }

    pub fn move_handle(&mut self, id: u32, handle: usize, to: DVec3) {
        if let Some(mark) = self.get_mut(id) {
            mark.move_handle(handle, to);
        }
    }

    pub fn rename(&mut self, id: u32, name: &str) {
        self.begin();
        if let Some(mark) = self.get_mut(id) {
            mark.name = name.trim().to_owned();
        }
    }

    pub fn remove(&mut self, id: u32) {
        self.begin();
        self.list.retain(|mark| mark.id != id);
    }

    pub fn undo(&mut self) {
        if let Some(before) = self.past.pop() {
            self.future.push(std::mem::replace(&mut self.list, before));
        }
    }

    pub fn redo(&mut self) {
        if let Some(after) = self.future.pop() {
            self.past.push(std::mem::replace(&mut self.list, after));
        }
    }

    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(id: u32, form: Form, places: &[[f64; 3]]) -> Mark {
        let (right, down) = (DVec3::new(0.5, 0.0, 0.0), DVec3::new(0.0, 0.0, -2.0));
        Mark {
            id,
            name: String::new(),
            form,
            places: places.iter().map(|&place| place.into()).collect(),
            cut: Cut { origin: DVec3::ZERO, right, down },
            window: Window::START,
            statistics: None,
        }
    }

    #[test]
    fn lengths_and_angles_are_those_of_the_patient() {
        let length = mark(1, Form::Length, &[[1.0, 0.0, 0.0], [4.0, 0.0, -4.0]]);
        assert_eq!(length.length(), 5.0);
        let places = [[3.0, 0.0, 0.0], [0.0, 0.0, 0.0], [2.0, 0.0, -2.0]];
        assert!((mark(1, Form::Angle, &places).degrees() - 45.0).abs() < 1e-12);
    }

    #[test]
    fn a_corner_of_a_region_moves_and_the_one_across_stays() {
        let mut mark =
            mark(1, Form::Region(Outline::Ellipse), &[[1.0, 0.0, -2.0], [3.0, 0.0, -8.0]]);
        mark.move_handle(1, DVec3::new(5.0, 0.0, -4.0));
        let region = mark.region().unwrap();
        assert_eq!(region.corners, [[2.0, 2.0], [10.0, 4.0]]);
        assert_eq!(mark.handles()[3], DVec3::new(1.0, 0.0, -8.0));
    }

    #[test]
    fn a_mark_is_on_the_pictures_that_it_lies_in() {
        let mark = mark(1, Form::Length, &[[1.0, 0.0, 0.0], [4.0, 0.0, -4.0]]);
        assert_eq!(mark.on(&mark.cut, 0.4), Some(vec![[2.0, 0.0], [8.0, 2.0]]));
        let next = Cut { origin: DVec3::new(0.0, 0.5, 0.0), ..mark.cut };
        assert_eq!(mark.on(&next, 0.4), None);
        let axial = Cut { down: DVec3::new(0.0, 0.5, 0.0), ..mark.cut };
        assert_eq!(mark.on(&axial, 0.4), None);
    }

    #[test]
    fn every_act_can_be_taken_back_and_done_again() {
        let mut marks = Marks::default();
        marks.add(mark(1, Form::Length, &[[0.0; 3], [1.0, 0.0, 0.0]]));
        marks.begin();
        marks.move_handle(1, 1, DVec3::new(2.0, 0.0, 0.0));
        marks.rename(1, " ureter ");
        marks.remove(1);
        assert!(marks.list.is_empty() && !marks.can_redo());
        marks.undo();
        assert_eq!(marks.list[0].name, "ureter");
        marks.undo();
        marks.undo();
        assert_eq!((marks.list[0].name.as_str(), marks.list[0].length()), ("", 1.0));
        marks.redo();
        assert_eq!(marks.list[0].length(), 2.0);
        marks.undo();
        marks.undo();
        assert!(marks.list.is_empty() && !marks.can_undo());
    }
}
