/** The list of an audit's files: only what is on screen is asked for and drawn, so that 100,000 files are no more work than 50. */

import {
	type Filter,
	type FromAuditPage,
	MOST_ROWS,
	type PageTexts,
	type Row,
	type ToAuditPage,
} from '../src/finetune/audit/protocol';
import { element, textButton } from './elements';

/** Pixels of a row, as in audit.css. */
const ROW_HEIGHT = 26;
/** Rows that are asked for at once. */
const PAGE = 100;
/** Rows above and below the screen that are drawn too. */
const MARGIN = 10;
/** Pages that are kept: those far from the screen go. */
const MOST_PAGES = 20;
/** Answers that are waited for at once: who drags through 100,000 files wants those where they stop, and first. */
const MOST_WAITING = 4;
/** Pixels of a screen whose size is not known yet. */
const FIRST_HEIGHT = 520;

type Rows = Extract<ToAuditPage, { readonly type: 'rows' }>;

export class AuditList {
	readonly element: HTMLElement;
	private readonly document: Document;
	private readonly count: HTMLElement;
	private readonly heads: HTMLElement;
	private readonly scroller: HTMLElement;
	private readonly body: HTMLElement;
	private readonly hint: HTMLElement;
	/** Of the active file, in full: a column may be too narrow for it. */
	private readonly reason: HTMLElement;
	private texts: PageTexts | undefined;
	private filter: Filter | undefined;
	private version = -1;
	/** Names what is asked for: answers to earlier filters are nobody's. */
	private request = 0;
	private readonly pages = new Map<number, readonly Row[] | 'asked'>();
	/** Answers to come, of this request. */
	private waiting = 0;
	private all = 0;
	/** Of the list, not of the audit. */
	private active = 0;

	constructor(
		window: Window & typeof globalThis,
		private readonly page: { post(message: FromAuditPage): void; say(text: string): void },
	) {
		this.document = window.document;
		const { document } = this;
		this.count = element(document, 'p', 'count');
		this.heads = element(document, 'div', 'row heads');
		this.heads.setAttribute('role', 'row');
		this.body = element(document, 'div', 'rows');
		this.body.setAttribute('role', 'rowgroup');
		this.scroller = element(document, 'div', 'list', this.heads, this.body);
		this.scroller.tabIndex = 0;
		this.scroller.setAttribute('role', 'grid');
		this.hint = element(document, 'p', 'detail keys');
		this.hint.id = 'keys';
		this.scroller.setAttribute('aria-describedby', this.hint.id);
		this.reason = element(document, 'p', 'reason');
		this.element = element(document, 'section', 'files', this.count, this.scroller, this.reason, this.hint);
		this.scroller.addEventListener('scroll', () => this.draw());
		this.scroller.addEventListener('keydown', (event) => this.press(event));
		window.addEventListener('resize', () => this.draw());
	}

	/** Another audit, or another choice in it: the rows are asked for anew, and the place in the list stays. */
	show(texts: PageTexts, version: number, filter: Filter): void {
		const isSame = this.version === version && this.texts !== undefined;
		this.texts = texts;
		this.version = version;
		this.filter = filter;
		this.scroller.setAttribute('aria-label', texts.files);
		this.hint.textContent = texts.keys;
		this.heads.replaceChildren(
			...[texts.path, texts.verdict, texts.value, texts.threshold, texts.move].map((text) =>
				cell(this.document, 'columnheader', text),
			),
		);
		if (!isSame || this.pages.size === 0) {
			this.ask();
		}
	}

	/** From the top. */
	use(filter: Filter): void {
		this.filter = filter;
		this.active = 0;
		this.scroller.scrollTop = 0;
		this.ask();
	}

	receive({ request, version, offset, all, rows }: Rows): void {
		if (request !== this.request || version !== this.version || this.texts === undefined) {
			return;
		}
		this.waiting--;
		this.all = all;
		this.active = Math.max(0, Math.min(this.active, all - 1));
		this.pages.set(Math.floor(offset / PAGE), rows);
		this.scroller.setAttribute('aria-rowcount', String(all + 1));
		const { shown, none } = this.texts;
		this.count.textContent = all === 0 ? none : shown.replace('{0}', all.toLocaleString('en-US'));
		this.draw();
	}

	private ask(): void {
		this.request++;
		this.waiting = 0;
		this.pages.clear();
		this.askFor(Math.floor(this.first() / PAGE));
	}

	private askFor(page: number): void {
		// Each answer draws, and what is drawn asks.
		if (this.filter !== undefined && !this.pages.has(page) && this.waiting < MOST_WAITING) {
			this.waiting++;
			this.pages.set(page, 'asked');
			const { request, filter } = this;
			this.page.post({
				type: 'rows',
				request,
				filter,
				offset: page * PAGE,
				count: Math.min(PAGE, MOST_ROWS),
			});
		}
	}

	private first(): number {
		return Math.max(0, Math.floor(this.scroller.scrollTop / ROW_HEIGHT) - MARGIN);
	}

	private draw(): void {
		const first = this.first();
		const height = this.scroller.clientHeight || FIRST_HEIGHT;
		const last = Math.min(this.all, first + Math.ceil(height / ROW_HEIGHT) + 2 * MARGIN);
		this.body.style.height = `${this.all * ROW_HEIGHT}px`;
		const rows: Node[] = [];
		for (let place = first; place < last; place++) {
			const page = Math.floor(place / PAGE);
			const known = this.pages.get(page);
			if (known === undefined) {
				this.askFor(page);
			} else if (known !== 'asked') {
				const row = known[place - page * PAGE];
				if (row !== undefined) {
					rows.push(this.row(row, place));
				}
			}
		}
		this.body.replaceChildren(...rows);
		this.showActive();
		this.forget(Math.floor(first / PAGE));
	}

	private forget(near: number): void {
		if (this.pages.size > MOST_PAGES) {
			const far = [...this.pages.keys()].sort((one, other) => Math.abs(other - near) - Math.abs(one - near));
			for (const page of far.slice(0, this.pages.size - MOST_PAGES)) {
				this.pages.delete(page);
			}
		}
	}

	private row(row: Row, place: number): HTMLElement {
		const { document, texts } = this;
		const path = cell(document, 'gridcell', row.path);
		path.classList.add('path');
		path.title = row.path;
		const verdict = cell(document, 'gridcell', row.stage);
		verdict.classList.add('stage');
		verdict.title = row.reason;
		const value = cell(document, 'gridcell', row.value);
		value.title = row.value;
		const threshold = cell(document, 'gridcell', row.threshold);
		threshold.title = row.threshold;
		const move = cell(document, 'gridcell', '');
		if (row.move !== '' && texts !== undefined) {
			const button = textButton(document, 'link', texts[`move.${row.move}`], () => this.decide(row));
			button.tabIndex = -1;
			move.append(button);
		} else {
			move.title = row.whyNot;
			move.append('–');
			move.setAttribute('aria-label', row.whyNot);
		}
		const made = element(
			document,
			'div',
			`row ${row.isIn ? 'in' : 'out'}`,
			path,
			verdict,
			value,
			threshold,
			move,
		);
		made.classList.toggle('mine', row.isMine);
		made.id = `row${place}`;
		made.setAttribute('role', 'row');
		made.setAttribute('aria-rowindex', String(place + 2));
		made.style.top = `${place * ROW_HEIGHT}px`;
		made.addEventListener('click', () => this.choose(place));
		path.addEventListener('click', () => this.openRow(row));
		return made;
	}

	private openRow(row: Row): void {
		this.page.post({ type: 'open', version: this.version, index: row.index });
	}

	private decide(row: Row): void {
		if (row.move === '') {
			this.page.say(row.whyNot);
		} else {
			this.page.post({ type: 'move', version: this.version, index: row.index, move: row.move });
		}
	}

	private rowAt(place: number): Row | undefined {
		const page = this.pages.get(Math.floor(place / PAGE));
		return page === undefined || page === 'asked' ? undefined : page[place % PAGE];
	}

	private press(event: KeyboardEvent): void {
		const screen = Math.max(1, Math.floor(this.scroller.clientHeight / ROW_HEIGHT) - 2);
		const steps: Readonly<Record<string, number>> = {
			ArrowDown: 1,
			ArrowUp: -1,
			PageDown: screen,
			PageUp: -screen,
			Home: -this.all,
			End: this.all,
		};
		const step = steps[event.key];
		const row = this.rowAt(this.active);
		if (step !== undefined) {
			this.choose(Math.max(0, Math.min(this.all - 1, this.active + step)));
		} else if (event.key === 'Enter' && row !== undefined) {
			this.openRow(row);
		} else if (event.key === ' ' && row !== undefined) {
			this.decide(row);
		} else {
			return;
		}
		event.preventDefault();
	}

	private choose(place: number): void {
		this.active = place;
		const top = place * ROW_HEIGHT;
		// The heads stay above the rows.
		const height = (this.scroller.clientHeight || FIRST_HEIGHT) - ROW_HEIGHT;
		if (top < this.scroller.scrollTop) {
			this.scroller.scrollTop = top;
		} else if (top + ROW_HEIGHT > this.scroller.scrollTop + height) {
			this.scroller.scrollTop = top + ROW_HEIGHT - height;
		}
		this.draw();
	}

	private showActive(): void {
		const shown = this.rowAt(this.active);
		this.reason.textContent = shown === undefined ? '' : `${shown.path}: ${shown.reason}`;
		const row = this.document.getElementById(`row${this.active}`);
		for (const other of this.body.querySelectorAll('.active')) {
			other.classList.remove('active');
			other.removeAttribute('aria-selected');
		}
		if (row === null) {
			this.scroller.removeAttribute('aria-activedescendant');
		} else {
			row.classList.add('active');
			row.setAttribute('aria-selected', 'true');
			this.scroller.setAttribute('aria-activedescendant', row.id);
		}
	}
}

function cell(document: Document, role: 'columnheader' | 'gridcell', text: string): HTMLElement {
	const made = element(document, 'div', 'cell', text);
	made.setAttribute('role', role);
	return made;
}
