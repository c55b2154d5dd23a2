/** The adapters in use, with a slider each. Its elements stay while the adapters do: with the focus, and under the hand. */

import { type ActiveAdapter, STRENGTH } from '../src/finetune/panel/protocol';
import { element } from './elements';
import type { Workshop } from './finetuneParts';

/** Milliseconds without a change until a strength is asked for: each is a new context of the model. */
const PAUSE = 300;

interface Line {
	readonly slider: HTMLInputElement;
	readonly output: HTMLOutputElement;
	/** The state that was not shown, because the user is at it. */
	later: number;
	isDragged: boolean;
	timer: number | undefined;
	/** Strengths that were asked for and not answered yet. */
	asked: number;
}

export class StrengthSliders {
	private readonly lines = new Map<string, Line>();
	private drawn = '';

	constructor(
		private readonly window: Window,
		private readonly workshop: Workshop,
		private readonly place: HTMLElement,
	) {}

	/** @param answered Id of the adapter whose strength was asked for and is, or cannot be, set now. */
	show(adapters: readonly ActiveAdapter[], answered: string | undefined): void {
		const drawn = JSON.stringify(adapters.map(({ id, name }) => [id, name]));
		if (drawn !== this.drawn) {
			this.drawn = drawn;
			this.draw(adapters);
		}
		for (const { id, scale } of adapters) {
			const line = this.lines.get(id);
			if (line !== undefined) {
				line.asked = Math.max(0, line.asked - (id === answered ? 1 : 0));
				line.later = scale;
				settle(line);
			}
		}
	}

	private draw(adapters: readonly ActiveAdapter[]): void {
		const { document, texts } = this.workshop;
		for (const { timer } of this.lines.values()) {
			this.window.clearTimeout(timer);
		}
		this.lines.clear();
		const items = adapters.map((adapter) => this.item(adapter));
		this.place.replaceChildren(
			...(items.length === 0
				? []
				: [element(document, 'h2', '', texts.adapters), element(document, 'ul', '', ...items)]),
		);
		this.place.hidden = items.length === 0;
	}

	private item({ id, name, scale }: ActiveAdapter): HTMLElement {
		const { document, texts } = this.workshop;
		const slider = element(document, 'input', '');
		slider.type = 'range';
		slider.min = String(STRENGTH.least);
		slider.max = String(STRENGTH.most);
		slider.step = String(STRENGTH.step);
		slider.setAttribute(
			'aria-label',
			texts.strength.replace('{0}', () => name),
		);
		const output = element(document, 'output', '');
		const line: Line = { slider, output, later: scale, isDragged: false, timer: undefined, asked: 0 };
		this.lines.set(id, line);
		slider.addEventListener('input', () => {
			line.isDragged = true;
			tell(line);
		});
		slider.addEventListener('change', () => {
			line.isDragged = false;
			this.window.clearTimeout(line.timer);
			line.timer = this.window.setTimeout(() => {
				line.timer = undefined;
				line.asked++;
				this.workshop.post({ type: 'strength', id, scale: Number(slider.value) });
			}, PAUSE);
		});
		// Dragged back to where it was: there is no change.
		slider.addEventListener('blur', () => {
			line.isDragged = false;
			settle(line);
		});
		return element(document, 'li', '', element(document, 'span', 'name', name), slider, output);
	}
}

/** Shows the state, unless the user is at the slider or its answer is still to come. */
function settle(line: Line): void {
	if (!line.isDragged && line.timer === undefined && line.asked === 0) {
		line.slider.value = String(line.later);
		tell(line);
	}
}

function tell({ slider, output }: Line): void {
	const percent = `${Math.round(Number(slider.value) * 100)} %`;
	output.textContent = percent;
	slider.setAttribute('aria-valuetext', percent);
}
