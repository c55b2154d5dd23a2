/** `#symbol:name`, where several have the name also `#symbol:name@path`. */

import type { FoundSymbol } from './editor';
import { fileMaterial, refused } from './material';
import { bodyIn } from './outline';
import { bestOf } from './ranking';
import type { ContextSource, SourceTools } from './source';

/** Symbols that a list shows. */
const MOST = 20;

export function symbolSource(tools: SourceTools): ContextSource {
	const { editor, translate } = tools;
	const visible = async (query: string, signal: AbortSignal) =>
		(await editor.symbols(query, signal)).filter(({ uri }) => !editor.isHidden(uri));
	return {
		name: 'symbol',
		description: translate('A function, class or other symbol of the workspace'),
		takesArgument: true,
		reads: 'now',
		suggest: async (typed, signal) => {
			const found = await visible(typed.replace(/@.*$/, ''), signal);
			const isAmbiguous = ({ name }: FoundSymbol) => found.filter((one) => one.name === name).length > 1;
			return bestOf(found, ({ name }) => name, typed.replace(/@.*$/, ''), MOST).map((symbol) => ({
				argument: isAmbiguous(symbol) ? `${symbol.name}@${symbol.path}` : symbol.name,
				label: symbol.name,
				detail: [symbol.container, symbol.path].filter((part) => part !== '').join(' · '),
			}));
		},
		read: async ({ argument }, signal) => {
			const [, name = argument, path] = /^(.+)@([^@]+)$/.exec(argument) ?? [];
			const symbol = (await editor.symbols(name, signal)).find(
				(one) => one.name === name && (path === undefined || one.path === path),
			);
			if (symbol === undefined) {
				return [
					refused(argument, translate('No language extension knows a symbol of this name in the workspace.')),
				];
			}
			const found = await fileMaterial(
				symbol,
				tools,
				bodyIn(await editor.outline(symbol.uri, signal), symbol),
			);
			return [
				found.type === 'refused'
					? found
					: { ...found, attachment: { ...found.attachment, label: `${name} · ${found.attachment.label}` } },
			];
		},
	};
}
