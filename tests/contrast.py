"""The weakest contrast of text on a page, computed in the page."""

CONTRAST = """
() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const read = colour => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return {rgb: [r, g, b], a: a / 255};
  };
  const light = rgb => {
    const [r, g, b] = rgb.map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = node => {
    for (let up = node; up; up = up.parentElement) {
      const colour = read(getComputedStyle(up).backgroundColor);
      if (colour.a > 0.99) return colour.rgb;
    }
    return [255, 255, 255];
  };
  let weakest = {ratio: 99, text: ''};
  for (const node of document.querySelectorAll('body *')) {
    const own = [...node.childNodes].filter(n => n.nodeType === 3 && n.textContent.trim());
    if (!own.length || !node.getClientRects().length) continue;
    const style = getComputedStyle(node);
    const front = read(node instanceof SVGElement ? style.fill : style.color).rgb;
    const pair = [light(front), light(behind(node))].sort((a, b) => b - a);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
    if (ratio < weakest.ratio) weakest = {ratio, text: own[0].textContent.trim(), tag: node.tagName};
  }
  return weakest;
}
"""
