// Where the labels of boxes go: beside their box, inside the picture, none over another.

const gap = 4;

/**
 * Places labels one after the other; null is one that fits nowhere.
 * @param boxes  left, top, width and height of each box
 * @param sizes  width and height of each label
 * @param width  of the picture  @param height  of the picture
 * @param taken  labels that are placed already
 */
export function placeLabels(boxes, sizes, width, height, taken = []) {
  const placed = [...taken];
  return boxes.map((box, i) => {
    const size = sizes[i];
    const all = candidates(box, size).map(at => ({ ...at, ...size }))
      .filter(at => at.left >= 0 && at.top >= 0 && at.left + at.width <= width && at.top + at.height <= height)
      .filter(at => !placed.some(other => overlap(at, other)));
    // Rather beside other faces than over them.
    const chosen = all.find(at => !boxes.some((other, k) => k !== i && overlap(at, other))) ?? all[0];
    if (!chosen) return null;
    placed.push(chosen);
    return chosen;
  });

  function candidates(box, size) {
    const clamp = left => Math.max(0, Math.min(width - size.width, left));
    const lefts = [box.left, box.left + box.width - size.width, box.left + (box.width - size.width) / 2].map(clamp);
    const tops = [box.top - size.height - gap, box.top + box.height + gap, box.top + gap, box.top + box.height - size.height - gap];
    return tops.flatMap(top => lefts.map(left => ({ left, top })));
  }
}

const overlap = (a, b) => a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;
