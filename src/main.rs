//! The page: state, commands, words and DOM. It does no arithmetic on voxels, so nothing can block it.
//!
//! * [`state`]: what the page knows, of it [`found`] and [`tools`]; [`desk`]: what each command of [`commands`] does to it
//! * [`keys`]: which keys mean which commands, and the person's own among them
//! * [`bridge`]: the workers that read, paint and search
//! * [`views`]: what a person sees; [`words`]: every text of it, in every language
//! * [`marks`]: what a person measures; [`measuring`]: how it is drawn, changed and taken back
//! * [`labelling`]: what a person draws, and the way back through all that was done to the findings
//! * [`prior`]: a second study beside the first
//! * [`layout`]: how the planes share the room; [`cine`]: one that runs by itself
//! * [`thickness`]: slabs, and the whole tract at a glance
//! * [`gestures`], [`screen`]: hands on a picture, and where its pixels lie on the screen
//! * [`diagnostics`]: what a person may pass on when something fails
//! * [`memory`], [`clipboard`]: what the browser keeps for the person
//! * [`number`]: numbers as people write them
//! * [`requests`]: what went over the network, by the browser's own account
//! * [`saving`], [`snapshot`]: files for the person, a pane as a picture
//! * [`offline`]: the page without a network
//! * [`pacs`]: what the page knows of the PACS that the site names, if it does
//! * [`statics`]: the one module that fetches, and only the page's own files
#![forbid(unsafe_code)]

mod bridge;
mod cine;
mod clipboard;
mod commands;
mod desk;
mod diagnostics;
mod files;
mod found;
mod gestures;
mod keeping;
mod keys;
mod labelling;
mod layout;
mod marks;
mod measuring;
mod memory;
mod number;
mod offline;
mod pacs;
mod presets;
mod prior;
mod requests;
mod saving;
mod screen;
mod snapshot;
mod state;
mod statics;
mod thickness;
mod tools;
mod views;
mod words;

fn main() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(views::Page);
}
