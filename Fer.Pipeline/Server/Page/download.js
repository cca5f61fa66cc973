// Saves what the page made on the user's machine; nothing is sent.

export function download(blob, name) {
  const link = document.createElement("a"), url = URL.createObjectURL(blob);
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

/** A name with the time in it that every file system takes. */
export function stamped(what, ending) {
  return `fer-${what}-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}.${ending}`;
}
