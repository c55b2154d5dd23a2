/** What can be said of a page's looks without looking: what does not fit, what cannot be read, where the focus is not seen. */

/** Contrast that text needs (WCAG 2.2, 1.4.3), and that the outline of what has the focus needs (1.4.11). */
const TEXT_CONTRAST = 4.5;
const OUTLINE_CONTRAST = 3;

/**
 * Text without enough contrast to what is behind it, and boxes and buttons that do not fit.
 *
 * @param {import('playwright-core').FrameLocator} view
 * @param {string} boxes Selector of what must not be scrolled sideways.
 * @returns {Promise<{ texts: number, flaws: string[] }>} How many texts were measured, and a sentence for each flaw.
 */
export function flawsOf(view, boxes) {
	return view.locator('body').evaluate(
		withMeasures(({ contrast, name, ground, opacity, over }, body, { selector, least }) => {
			const page = body.ownerDocument;
			const { clientWidth } = page.documentElement;
			const flaws = [];
			for (const box of [page.documentElement, body, ...page.querySelectorAll(selector)]) {
				if (box.scrollWidth > box.clientWidth && box.clientWidth > 0) {
					flaws.push(`${name(box)} is ${box.scrollWidth} wide in ${box.clientWidth}`);
				}
			}
			for (const button of page.querySelectorAll('button, summary')) {
				const { left, right, width } = button.getBoundingClientRect();
				if (width > 0 && (left < 0 || right > clientWidth || button.scrollWidth > button.clientWidth + 1)) {
					flaws.push(`the button ${name(button)} is cut off: ${left} to ${right} of ${clientWidth}`);
				}
			}
			const walker = page.createTreeWalker(body, NodeFilter.SHOW_TEXT);
			let texts = 0;
			for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
				const element = node.parentElement;
				const isShown = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
				const isOff = element.closest('[aria-disabled="true"]') !== null;
				if (node.textContent.trim() === '' || !isShown || isOff) {
					continue;
				}
				texts++;
				const behind = ground(element);
				const { color } = getComputedStyle(element);
				const found = contrast(over(color, behind, opacity(element)), behind);
				if (found < least) {
					flaws.push(`"${node.textContent.trim().slice(0, 40)}" (${name(element)}): ${found.toFixed(2)}`);
				}
			}
			return { texts, flaws };
		}),
		{ selector: boxes, least: TEXT_CONTRAST },
	);
}

/**
 * How what has the focus shows it.
 *
 * @returns {Promise<{ name: string, flaw: string | undefined }>}
 */
export function focusOf(view) {
	return view.locator('body').evaluate(
		withMeasures(({ contrast, name, ground, over }, body, { least }) => {
			const element = body.ownerDocument.activeElement;
			// The box around a text box shows its focus.
			const shown = element.closest('.composer textarea') === null ? element : element.closest('.composer');
			const style = getComputedStyle(shown);
			const isOutlined = style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 1;
			const isInside = Number.parseFloat(style.outlineOffset) < 0;
			const behind = ground(isOutlined && isInside ? shown : shown.parentElement);
			const colour = isOutlined ? style.outlineColor : style.borderTopColor;
			const found =
				isOutlined || shown !== element ? contrast(over(colour, behind, 1), behind) : 'no outline';
			return { name: name(element), flaw: found >= least ? undefined : `${name(element)}: ${found}` };
		}),
		{ least: OUTLINE_CONTRAST },
	);
}

/** A function for the page, where nothing of this file is: made of text, with the measures as its first argument. */
function withMeasures(look) {
	return new Function('body', 'options', `return (${look})((${measures})(), body, options)`);
}

function measures() {
	const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
	/** Red, green and blue from 0 to 255, and the alpha from 0 to 1, of any colour that CSS can name. */
	const parts = (colour) => {
		pen.clearRect(0, 0, 1, 1);
		pen.fillStyle = colour;
		pen.fillRect(0, 0, 1, 1);
		const [red, green, blue, alpha] = pen.getImageData(0, 0, 1, 1).data;
		return [red, green, blue, alpha / 255];
	};
	const over = (colour, behind, opacity) => {
		const [red, green, blue, alpha] = parts(colour);
		const share = alpha * opacity;
		return [red, green, blue].map((value, index) => value * share + behind[index] * (1 - share));
	};
	const parents = (element) => (element === null ? [] : [element, ...parents(element.parentElement)]);
	const opacity = (element) =>
		parents(element).reduce((product, one) => product * Number(getComputedStyle(one).opacity), 1);
	/** What is behind the text of an element; the view itself is transparent, and stands on the side bar. */
	const ground = (element) => {
		const sideBar = getComputedStyle(document.documentElement).getPropertyValue(
			'--vscode-sideBar-background',
		);
		return parents(element)
			.toReversed()
			.reduce(
				(behind, one) => over(getComputedStyle(one).backgroundColor, behind, opacity(one)),
				over(sideBar, [0, 0, 0], 1),
			);
	};
	const light = (colour) => {
		const [red, green, blue] = colour.map((value) => {
			const share = value / 255;
			return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
		});
		return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
	};
	const contrast = (one, other) => {
		const [less, more] = [light(one), light(other)].sort((left, right) => left - right);
		return (more + 0.05) / (less + 0.05);
	};
	const name = (element) =>
		`${element.tagName.toLowerCase()}.${element.className} ${element.getAttribute('aria-label') ?? ''}`.trim();
	return { contrast, name, ground, opacity, over };
}
