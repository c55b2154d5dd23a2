/** The tools that a model may call: which there are, and how a call of one is run, in bounds. */

import { unlessAborted } from '../../inference/cancel';
import { keepStart } from '../../inference/clip';
import { messageOf } from '../../inference/failure';
import type { Log, ToolCall, ToolOffer } from '../../inference/model';
import { secretsIn } from '../../inference/secretText';
import type { Translate } from '../../inference/statusText';
import type { ContextEditor } from '../context/editor';
import { oneAnswer } from '../oneAnswer';
import type { Scope } from '../retrieval/listing';
import { diagnostics, listSymbols, readFile, search } from './files';
import { gitDiff, gitLog } from './git';
import type { SearchResult } from './search';
import type { Callable } from './stepping';
import { type Outcome, refused, type Tool } from './tool';

export const TOOLS: readonly Tool[] = [search, readFile, listSymbols, diagnostics, gitLog, gitDiff];

/** What the model is told of them. */
export const OFFERS: readonly ToolOffer[] = TOOLS.map(({ name, description, parameters }) => ({
	name,
	description,
	parameters,
}));

/** Milliseconds that a call may take. */
const LONGEST = 10_000;
/** Characters of what a call brings, before anybody counts its tokens. */
const MOST_CHARACTERS = 256 * 1024;

export interface ToolboxOptions {
	/** Reads the workspace; asked for with the first call. */
	readonly editor: () => Promise<ContextEditor>;
	/** Absolute path of the script of the thread that searches. */
	readonly searchScript: string;
	readonly scope: () => Scope;
	readonly translate: Translate;
	readonly log: Log;
	/** Milliseconds that a call may take. Default: 10,000. */
	readonly longest?: number;
}

export class Toolbox implements Callable {
	constructor(private readonly options: ToolboxOptions) {}

	/** Nothing in Restricted Mode, and where no folder of this machine is open. */
	async offers(): Promise<readonly ToolOffer[]> {
		const { folders, gitPath } = this.options.scope();
		return folders.length === 0 || gitPath === undefined ? [] : OFFERS;
	}

	/** What went wrong is an outcome, too. @throws AbortError only */
	async run(call: ToolCall, signal: AbortSignal): Promise<Outcome> {
		const { translate, log, longest = LONGEST } = this.options;
		signal.throwIfAborted();
		const tool = TOOLS.find(({ name }) => name === call.name);
		if (tool === undefined) {
			const known = TOOLS.map(({ name }) => name).join(', ');
			return refused(translate('There is no tool {0}; there are {1}.', call.name.slice(0, 100), known));
		}
		const timed = AbortSignal.any([signal, AbortSignal.timeout(longest)]);
		try {
			const { text, type } = await unlessAborted(this.runTool(tool, call, timed), timed);
			const kept = keepStart(text, MOST_CHARACTERS);
			// What was found may be shown to any model that the user has chosen.
			return secretsIn(kept).length > 0
				? refused(translate('What was found looks as if it held a secret.'))
				: { type, text: kept };
		} catch (error) {
			signal.throwIfAborted();
			if (timed.aborted) {
				return refused(translate('It took longer than {0} seconds and was ended.', longest / 1_000));
			}
			log.warn(`The tool ${tool.name} failed: ${messageOf(error)}`);
			return refused(translate('It failed: {0}', messageOf(error).slice(0, 200)));
		}
	}

	private async runTool(tool: Tool, call: ToolCall, signal: AbortSignal): Promise<Outcome> {
		const { translate, searchScript, scope } = this.options;
		const editor = await this.options.editor();
		if (!editor.isTrusted) {
			return refused(translate('Nothing is read in Restricted Mode. Trust the workspace first.'));
		}
		return tool.run(
			call.arguments,
			{
				editor,
				translate,
				search: (order, signal) =>
					oneAnswer<SearchResult>(searchScript, { ...order, scope: scope() }, signal),
			},
			signal,
		);
	}
}
