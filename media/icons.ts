/** The icons of the chat view as SVG elements: drawn here, so that the view needs no icon font. */

const NAMESPACE = 'http://www.w3.org/2000/svg';

/** Outlines in a 16 × 16 box, stroked with the colour of the text. */
const outlines = {
	send: ['M2.5 2.8 13.8 8 2.5 13.2 4.4 8z', 'M4.4 8h4.8'],
	stop: ['M4 4h8v8H4z'],
	copy: ['M5.5 5.5h8v8h-8z', 'M3.5 10.5h-1v-8h8v1'],
	apply: ['M9 2.5H3.5v11h9V6z', 'M9 2.5V6h3.5', 'M5.8 9.8 7.3 11.3 10.3 8'],
	insert: ['M2.5 13.5h11', 'M8 2.5v7.5', 'M4.8 7 8 10.2 11.2 7'],
	check: ['M3 8.5 6.4 12 13 4.5'],
	retry: ['M13 8a5 5 0 1 1-1.6-3.7', 'M13.2 1.8v3h-3'],
	warning: ['M8 2.3 14.2 13.3H1.8z', 'M8 6.5v3.2', 'M8 11.3v.4'],
	error: ['M8 2a6 6 0 1 0 .01 0z', 'M8 4.8v4', 'M8 10.8v.4'],
	info: ['M8 2a6 6 0 1 0 .01 0z', 'M8 7.3v4', 'M8 4.8v.4'],
	edit: ['M3 13l.7-3L10.6 3.1l2.3 2.3L6 12.3z', 'M9.3 4.4l2.3 2.3'],
	before: ['M9.8 4.5 6.2 8l3.6 3.5'],
	after: ['M6.2 4.5 9.8 8l-3.6 3.5'],
	back: ['M13.5 8h-11', 'M7 3.5 2.5 8 7 12.5'],
	trash: ['M3 4.5h10', 'M6.3 4.3V2.5h3.4v1.8', 'M4.3 4.7l.6 8.8h6.2l.6-8.8', 'M6.8 7v4', 'M9.2 7v4'],
	save: ['M8 2v7.5', 'M4.8 6.5 8 9.7l3.2-3.2', 'M2.5 10v3.5h11V10'],
	close: ['M4 4l8 8', 'M12 4l-8 8'],
	chevron: ['M4.5 6.2 8 9.8l3.5-3.6'],
	/** The cat of the activity bar. */
	familiar: ['M3 8.8V3.2l2.9 2.1a6.2 6.2 0 0 1 4.2 0L13 3.2v5.6a5 5 0 0 1-10 0Z', 'M6 8v1.3', 'M10 8v1.3'],
} as const;

export type IconName = keyof typeof outlines;

export function icon(document: Document, name: IconName): SVGSVGElement {
	const svg = document.createElementNS(NAMESPACE, 'svg');
	svg.setAttribute('viewBox', '0 0 16 16');
	svg.setAttribute('class', `icon icon-${name}`);
	// The button or the text beside it says what it means.
	svg.setAttribute('aria-hidden', 'true');
	for (const outline of outlines[name]) {
		const path = document.createElementNS(NAMESPACE, 'path');
		path.setAttribute('d', outline);
		svg.append(path);
	}
	return svg;
}
