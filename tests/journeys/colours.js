// What contrast depends on, for all text that shows: its colour, size and weight, and what lies under it.
() => {
    const clear = colour => colour === 'transparent' || /, 0\)$/.test(colour)
    const ground = (node, under = []) => {
        for (let at = node; at; at = at.parentElement) {
            const style = getComputedStyle(at)
            if (style.opacity !== '1' || style.filter !== 'none') under.push(style.opacity, style.filter)
            if (style.backgroundImage !== 'none') under.push(style.backgroundImage)
            if (!clear(style.backgroundColor)) under.push(style.backgroundColor)
            if (/^rgb\(/.test(style.backgroundColor)) break
        }
        return under.join(' ')
    }
    const worn = new Map(), texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
        const node = texts.currentNode.parentElement
        if (!texts.currentNode.data.trim() || !node.checkVisibility()) continue
        const {color, fontSize, fontWeight, textShadow} = getComputedStyle(node)
        const one = [color, fontSize, fontWeight, textShadow, ground(node)]
        worn.set(one.join('|'), one)
    }
    return [...worn.values()]
}
