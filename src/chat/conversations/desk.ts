/** Does what the webview asks of the history; what only the editor can ask or write is handed in. */

import type { ChatSession } from '../session';
import type { Library } from './library';
import { type ExportTexts, markdownOf } from './markdown';
import type { FromHistory, ToHistory } from './protocol';
import { fileNameOf, titleOf } from './titles';

interface HistoryDeskOptions {
	readonly session: Pick<ChatSession, 'list' | 'openConversation' | 'rename' | 'delete' | 'openId'>;
	readonly library: Pick<Library, 'open' | 'folder'>;
	readonly post: (message: ToHistory) => void;
	/** Whether the user really means it. */
	readonly confirmDelete: (title: string) => Promise<boolean>;
	/** Asks for a place and writes there. `name`: what the file could be called, without ending. */
	readonly save: (name: string, text: string) => Promise<void>;
	/** Says that a conversation is not there any more. */
	readonly sayGone: () => void;
	readonly texts: () => ExportTexts;
}

export class HistoryDesk {
	/** Ends the search that a newer one has made pointless. */
	private searching = new AbortController();

	constructor(private readonly options: HistoryDeskOptions) {}

	async receive(message: FromHistory): Promise<void> {
		const { session } = this.options;
		switch (message.type) {
			case 'history':
				await this.list(message.query);
				break;
			case 'open':
				if (!(await session.openConversation(message.conversation))) {
					this.gone();
				}
				break;
			case 'rename':
				if (!(await session.rename(message.conversation, titleOf(message.title)))) {
					this.gone();
				}
				break;
			case 'delete':
				await this.delete(message.conversation);
				break;
			case 'export':
				await this.export(message.conversation);
				break;
		}
	}

	private async list(query: string): Promise<void> {
		this.searching.abort();
		this.searching = new AbortController();
		const { signal } = this.searching;
		const conversations = await this.options.session.list(query.trim(), signal);
		if (!signal.aborted) {
			this.options.post({ type: 'history', query, conversations });
		}
	}

	private async delete(id: string): Promise<void> {
		if (await this.options.confirmDelete(await this.nameOf(id))) {
			await this.options.session.delete(id);
		}
	}

	/** Its title; of one that has none or cannot be read the time when it was written last, else its id. */
	private async nameOf(id: string): Promise<string> {
		const { library } = this.options;
		const title = (await library.open(id))?.tree.title ?? '';
		if (title !== '') {
			return title;
		}
		const entry = await library.folder.stat(id).catch(() => undefined);
		return entry === undefined ? id : new Date(entry.changed).toLocaleString();
	}

	private async export(id: string): Promise<void> {
		const { library, texts, save } = this.options;
		const found = await library.open(id);
		if (found === undefined) {
			this.gone();
			return;
		}
		const { title } = found.tree;
		const said = texts();
		await save(fileNameOf(title, 'conversation'), markdownOf(title, found.tree.path(), said));
	}

	private gone(): void {
		this.options.sayGone();
		this.options.post({ type: 'historyChanged' });
	}
}
