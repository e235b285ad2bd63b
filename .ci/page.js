// Looks at a page or a diagram from inside: what is wrong with it, each as a line.
(() => {
  const wrong = [];
  const channels = (color) => {
    const numbers = color.match(/[\d.]+/g).map(Number);
    return numbers.length === 4 && numbers[3] === 0 ? null : numbers.slice(0, 3);
  };
  const light = (color) =>
    color
      .map((channel) => channel / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
      .reduce((sum, c, index) => sum + c * [0.2126, 0.7152, 0.0722][index], 0);
  const contrast = (one, other) => {
    const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  const legible = (what, color, behind, least) => {
    const seen = contrast(channels(color), channels(behind));
    if (seen < least) wrong.push(`${what}: contrast ${seen.toFixed(1)} of ${color} on ${behind}`);
  };

  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth && root.localName === "html")
    wrong.push(`the page is ${root.scrollWidth} wide on a screen of ${root.clientWidth}`);

  const diagram = document.querySelector("svg");
  const texts = [...diagram.querySelectorAll("text")];
  const boxes = texts.map((text) => text.getBBox());
  const sheet = diagram.viewBox.baseVal;
  const rectangles = [...diagram.querySelectorAll("rect")];
  texts.forEach((text, index) => {
    const { x, y, width, height } = boxes[index];
    const [right, bottom] = [sheet.x + sheet.width, sheet.y + sheet.height];
    if (x < sheet.x - 1 || x + width > right + 1 || y < sheet.y || y + height > bottom)
      wrong.push(`"${text.textContent}" leaves the sheet`);
    for (let other = index + 1; other < texts.length; other++) {
      const box = boxes[other];
      const across = Math.min(x + width, box.x + box.width) - Math.max(x, box.x);
      const down = Math.min(y + height, box.y + box.height) - Math.max(y, box.y);
      // Lines of text may touch where letters go up and down.
      if (across > 1 && down > height * 0.35) wrong.push(`"${text.textContent}" and "${texts[other].textContent}" meet`);
    }
    const holds = (box) =>
      box.x <= x + 1 && box.x + box.width >= x + width - 1 && box.y <= y + height / 2 && box.y + box.height >= y + height / 2;
    const behind = rectangles.filter((rectangle) => holds(rectangle.getBBox())).pop() || rectangles[0];
    const pieces = text.children.length ? [...text.children] : [text];
    for (const piece of pieces)
      legible(`"${piece.textContent}"`, getComputedStyle(piece).fill, getComputedStyle(behind).fill, 4.5);
  });
  if (texts.length === 0) wrong.push("nothing is written");
  const ground = getComputedStyle(rectangles[0]).fill;
  for (const path of diagram.querySelectorAll("path:not(.guide)")) {
    const { stroke, fill } = getComputedStyle(path);
    legible(`a line of class ${path.getAttribute("class")}`, stroke === "none" ? fill : stroke, ground, 3);
  }

  const words = document.createTreeWalker(document.body || diagram, NodeFilter.SHOW_TEXT);
  while (document.body && words.nextNode()) {
    const holder = words.currentNode.parentElement;
    if (!words.currentNode.data.trim() || diagram.contains(holder) || holder.localName === "style") continue;
    let behind = holder;
    while (behind && !channels(getComputedStyle(behind).backgroundColor)) behind = behind.parentElement;
    if (!behind) wrong.push(`"${words.currentNode.data.trim()}" has no background`);
    else legible(`"${words.currentNode.data.trim()}"`, getComputedStyle(holder).color, getComputedStyle(behind).backgroundColor, 4.5);
  }
  return wrong;
})();
