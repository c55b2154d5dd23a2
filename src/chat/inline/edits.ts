/** Edit Selection, from the key to the page: what is to be changed, how, and with what the model sees of it. */

import { type ChatActionsOptions, isEditable, mayChange, type Target, targetOf } from '../actions';
import { systemClock } from '../autosave';
import { guidanceOf } from '../context/guidance';
import { askInstruction, EditPage, editorOf, whileWriting } from '../editPage';
import { nameOf, shownOf } from '../preview';
import { InlineEdit } from './edit';
import type { Action } from './rows';

/** Lines around the code that the model sees too. */
const AROUND = { above: 60, below: 40 };

interface InlineEditsOptions extends ChatActionsOptions {
	/** What is wrong with the file after a change; undefined where nothing is known to be. */
	readonly check: (
		target: Target,
		after: readonly string[],
		signal: AbortSignal,
	) => Promise<string | undefined>;
}

/** One at a time: who begins another is shown the one that is not decided yet. */
export class InlineEdits {
	private running: { readonly edit: InlineEdit; readonly page: EditPage } | undefined;
	/** What was asked for last. */
	private instruction = '';

	constructor(private readonly options: InlineEditsOptions) {}

	/** Ends the edit; its page goes with the window. */
	dispose(): void {
		this.running?.edit.closed();
		this.running?.page.dispose();
	}

	/** Asks what to change in the selection, or in the block around the cursor, and has it written. */
	async begin(): Promise<void> {
		if (!mayChange()) {
			return;
		}
		if (this.running?.edit.isOver === false) {
			await this.running.page.reveal();
			return;
		}
		const target = await targetOf(undefined);
		const editor = target === undefined ? undefined : editorOf(target.document);
		if (target === undefined || editor === undefined || !(await isEditable(target.document))) {
			return;
		}
		const shown = shownOf(target, this.options.excluded, AROUND);
		const instruction =
			shown === undefined ? '' : await askInstruction(nameOf(target.document), target, this.instruction);
		if (shown === undefined || instruction === '') {
			return;
		}
		this.instruction = instruction;
		const { excerpt, before, after } = shown;
		const attachments = await this.guidance();
		const { generation, translate, log, check, onRemedy } = this.options;
		const { lines, start, end } = target;
		const page = new EditPage(target, {
			changed: () => edit.changed(),
			closed: () => edit.closed(),
			onRemedy,
		});
		const edit: InlineEdit = new InlineEdit({
			...generation,
			surface: page,
			question: { task: 'edit', excerpt, instruction, before, after, attachments },
			lines,
			range: { start, end },
			check: (changed, signal) => check(target, changed, signal),
			translate,
			clock: systemClock,
			log,
		});
		this.running = { edit, page };
		try {
			await page.open(editor);
		} catch (error) {
			this.dispose();
			throw error;
		}
		await whileWriting(edit.write());
	}

	/** `name`: of the hunk, from its row; default, the one at the cursor. */
	async act(action: Action, name: unknown): Promise<void> {
		await this.running?.edit.act(action, typeof name === 'number' ? name : undefined);
	}

	/** What the project wants every question to know; without it the code can be changed all the same. */
	private async guidance() {
		const { editor, translate, log } = this.options;
		try {
			return await guidanceOf({ editor: await editor(), translate });
		} catch (error) {
			log.warn(`The project's guidance could not be read: ${String(error)}`);
			return [];
		}
	}
}
