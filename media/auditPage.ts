/** The page of the audit: figures, counts that are filters, and the list of all files. */

import {
	type Filter,
	type FromAuditPage,
	type Group,
	isFilter,
	isToAuditPage,
	type PageTexts,
	SIDES,
	type Summary,
} from '../src/finetune/audit/protocol';
import { isRecord } from '../src/inference/record';
import { AuditList } from './auditList';
import { element, pageHeader, textButton } from './elements';

/** What `acquireVsCodeApi()` returns. */
export interface PageHost {
	postMessage(message: FromAuditPage): void;
	getState(): unknown;
	setState(state: unknown): void;
}

/** Milliseconds after the last letter of a search. */
const TYPING = 150;
const ALL: Filter = { side: 'all', stage: '', language: '', folder: '', text: '' };

/** Filters that are chosen from groups. */
const KINDS = ['stage', 'language', 'folder'] as const;
type Kind = (typeof KINDS)[number];

export class AuditPage {
	private readonly document: Document;
	private readonly head: HTMLElement;
	private readonly counts: HTMLElement;
	private readonly filters: HTMLElement;
	private readonly said: HTMLElement;
	private readonly list: AuditList;
	private readonly search: HTMLInputElement;
	private readonly side: HTMLSelectElement;
	private readonly selects: Readonly<Record<Kind, HTMLSelectElement>>;
	private readonly clear: HTMLButtonElement;
	private filter: Filter;
	private typing: number | undefined;
	private drawn = '';

	constructor(
		private readonly window: Window & typeof globalThis,
		private readonly host: PageHost,
	) {
		this.document = window.document;
		const { document } = this;
		const kept = host.getState();
		const filter = isRecord(kept) ? kept['filter'] : undefined;
		this.filter = isFilter(filter) ? filter : ALL;
		this.head = element(document, 'div', 'head');
		this.counts = element(document, 'div', 'counts');
		this.search = element(document, 'input', '');
		this.search.type = 'search';
		this.side = element(document, 'select', '');
		this.selects = {
			stage: element(document, 'select', ''),
			language: element(document, 'select', ''),
			folder: element(document, 'select', ''),
		};
		this.clear = textButton(document, 'secondary', '', () => this.use(ALL));
		this.filters = element(document, 'div', 'filters');
		this.filters.setAttribute('role', 'search');
		this.said = element(document, 'p', 'said');
		this.said.setAttribute('role', 'status');
		this.said.setAttribute('aria-live', 'polite');
		this.list = new AuditList(window, {
			post: (message) => host.postMessage(message),
			say: (text) => {
				this.said.textContent = text;
			},
		});
		const main = element(
			document,
			'main',
			'',
			this.head,
			this.counts,
			this.filters,
			this.said,
			this.list.element,
		);
		main.hidden = true;
		document.body.append(main);
		this.listen(main);
		host.postMessage({ type: 'ready' });
	}

	private listen(main: HTMLElement): void {
		this.search.addEventListener('input', () => {
			this.window.clearTimeout(this.typing);
			this.typing = this.window.setTimeout(
				() => this.use({ ...this.filter, text: this.search.value }),
				TYPING,
			);
		});
		this.side.addEventListener('change', () => {
			const side = SIDES.find((one) => one === this.side.value) ?? 'all';
			this.use({ ...this.filter, side });
		});
		for (const kind of KINDS) {
			const select = this.selects[kind];
			select.addEventListener('change', () => this.use({ ...this.filter, [kind]: select.value }));
		}
		this.window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
			if (!isToAuditPage(data)) {
				return;
			}
			if (data.type === 'rows') {
				this.list.receive(data);
			} else if (data.type === 'said') {
				this.said.textContent = data.text;
			} else {
				main.hidden = false;
				this.show(data.texts, data.summary);
			}
		});
		// A drop would navigate.
		for (const type of ['dragover', 'drop'] as const) {
			this.document.addEventListener(type, (event) => event.preventDefault());
		}
	}

	private use(filter: Filter): void {
		this.filter = filter;
		this.host.setState({ filter });
		this.showFilter();
		this.list.use(filter);
	}

	private show(texts: PageTexts, summary: Summary): void {
		const drawn = JSON.stringify([texts, { ...summary, version: 0 }]);
		if (this.drawn !== drawn) {
			this.drawn = drawn;
			const active = this.document.activeElement;
			const focus = active instanceof this.window.HTMLElement ? active.dataset['key'] : undefined;
			this.head.replaceChildren(...this.headParts(texts, summary));
			this.counts.replaceChildren(
				this.group('stage', texts.byStage, texts, summary.stages),
				this.group('language', texts.byLanguage, texts, summary.languages),
				this.group('folder', texts.byFolder, texts, summary.folders),
			);
			this.showControls(texts, summary);
			if (focus !== undefined) {
				// What had the focus was made anew.
				this.document.querySelector<HTMLElement>(`[data-key="${this.window.CSS.escape(focus)}"]`)?.focus();
			}
		}
		this.showFilter();
		this.list.show(texts, summary.version, this.filter);
	}

	private headParts(texts: PageTexts, { figures, notes, canGoOn }: Summary): readonly Node[] {
		const { document, host } = this;
		const button = (action: 'goOn' | 'again' | 'copy', className: string) => {
			const made = textButton(document, className, texts[action], () =>
				host.postMessage({ type: 'act', action }),
			);
			made.dataset['key'] = `act ${action}`;
			return made;
		};
		return [
			pageHeader(
				document,
				texts.title,
				[texts.detail],
				[
					...(canGoOn ? [button('goOn', 'primary')] : []),
					button('again', 'secondary'),
					button('copy', 'secondary'),
				],
			),
			...(notes.length === 0
				? []
				: [element(document, 'ul', 'notes', ...notes.map((note) => element(document, 'li', '', note)))]),
			element(
				document,
				'dl',
				'figures',
				...figures.map(({ label, value, detail }) =>
					element(
						document,
						'div',
						'figure',
						element(document, 'dt', '', label),
						element(document, 'dd', '', value),
						element(document, 'dd', 'detail', detail),
					),
				),
			),
		];
	}

	/** A table whose rows are filters. */
	private group(kind: Kind, title: string, texts: PageTexts, groups: readonly Group[]): HTMLElement {
		const { document } = this;
		const isStage = kind === 'stage';
		const heads = isStage ? ['', texts.files] : ['', texts.in, texts.out];
		const rows = groups.map(({ key, label, in: kept, out }) => {
			const button = textButton(document, 'link', label, () => {
				this.use({ ...this.filter, [kind]: this.filter[kind] === key ? '' : key });
			});
			button.dataset['key'] = `${kind} ${key}`;
			const name = element(document, 'th', '', button);
			name.scope = 'row';
			const numbers = isStage ? [out] : [kept, out];
			return element(
				document,
				'tr',
				'',
				name,
				...numbers.map((number) => element(document, 'td', '', number.toLocaleString('en-US'))),
			);
		});
		const table = element(
			document,
			'table',
			'grid',
			element(
				document,
				'thead',
				'',
				element(document, 'tr', '', ...heads.map((text) => headOf(document, text))),
			),
			element(document, 'tbody', '', ...rows),
		);
		table.setAttribute('aria-label', title);
		const scroller = element(document, 'div', 'scroller', table);
		return element(document, 'section', '', element(document, 'h2', '', title), scroller);
	}

	private showControls(texts: PageTexts, { stages, languages, folders }: Summary): void {
		const { document } = this;
		const option = (value: string, label: string) => {
			const made = element(document, 'option', '', label);
			made.value = value;
			return made;
		};
		this.search.placeholder = texts.search;
		this.search.setAttribute('aria-label', texts.search);
		this.side.setAttribute('aria-label', texts.side);
		this.side.replaceChildren(...SIDES.map((side) => option(side, texts[`side.${side}`])));
		const groups = { stage: stages, language: languages, folder: folders };
		for (const kind of KINDS) {
			this.selects[kind].setAttribute('aria-label', texts[kind]);
			this.selects[kind].replaceChildren(
				option('', `${texts[kind]}: ${texts.any}`),
				...groups[kind].map(({ key, label }) => option(key, label)),
			);
		}
		this.clear.textContent = texts.clear;
		const controls = [this.search, this.side, ...KINDS.map((kind) => this.selects[kind]), this.clear];
		if (this.filters.childElementCount === 0) {
			this.filters.append(...controls);
		}
	}

	private showFilter(): void {
		const { side, text } = this.filter;
		if (this.search.value !== text && this.document.activeElement !== this.search) {
			this.search.value = text;
		}
		if (text === '') {
			this.search.value = '';
		}
		this.side.value = side;
		for (const kind of KINDS) {
			this.selects[kind].value = this.filter[kind];
			for (const button of this.counts.querySelectorAll<HTMLElement>(`[data-key^="${kind} "]`)) {
				const isOn = button.dataset['key'] === `${kind} ${this.filter[kind]}`;
				button.setAttribute('aria-pressed', String(isOn));
			}
		}
		this.clear.disabled = JSON.stringify(this.filter) === JSON.stringify(ALL);
		this.clear.setAttribute('aria-disabled', String(this.clear.disabled));
	}
}

function headOf(document: Document, text: string): HTMLTableCellElement {
	const cell = element(document, 'th', '', text);
	cell.scope = 'col';
	return cell;
}
