// What went wrong, in a box of its own. Several problems stand one below the other until they are put away.

export class Problems {
  constructor(id) {
    this.root = document.getElementById(id);
  }

  /** Shows one problem in place of all others. */
  show(title, text) {
    this.clear();
    this.add(title, text);
  }

  /** Adds a problem below those that are there. */
  add(title, text) {
    const entry = document.createElement("div"), strong = document.createElement("strong"), rest = document.createElement("p");
    strong.textContent = title;
    rest.textContent = text;
    entry.append(strong, rest);
    if (this.root.hidden) this.root.append(this.#closing());
    this.root.insertBefore(entry, this.root.lastElementChild);
    this.root.hidden = false;
  }

  clear() {
    this.root.hidden = true;
    this.root.replaceChildren();
  }

  #closing() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "close";
    button.textContent = "Close";
    button.onclick = () => this.clear();
    return button;
  }
}
