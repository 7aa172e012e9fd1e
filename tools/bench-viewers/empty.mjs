// In place of parts of Node that packages name and that nothing here calls in a browser.
export class EventEmitter {}
export default {};
