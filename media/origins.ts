/** Below an answer: which of its code stands elsewhere, in whose package and under which licence. */

import type { Turn, TurnOrigin } from '../src/chat/turn';
import { showInvisible } from '../src/inference/invisible';
import { element } from './elements';
import type { FooterContext } from './turnFooter';
import { fill } from './usage';

/** One line each; empty where nothing was found. */
export function originList(turn: Turn, context: FooterContext): readonly Node[] {
	const { document } = context;
	const { origins = [] } = turn;
	const rows = origins.map((origin, index) =>
		element(document, 'li', '', ...originLine(turn, origin, index, context)),
	);
	return rows.length === 0 ? [] : [element(document, 'ul', 'origins', ...rows)];
}

function originLine(
	turn: Turn,
	origin: TurnOrigin,
	index: number,
	{ document, texts, post }: FooterContext,
): readonly (Node | string)[] {
	const { first, last, path, firstLine, lastLine, licence } = origin;
	const button = element(document, 'button', 'source', showInvisible(`${path}:${firstLine}-${lastLine}`));
	button.type = 'button';
	button.addEventListener('click', () => post({ type: 'openOrigin', turn: turn.id, origin: index }));
	const [before = '', after = ''] = fill(texts.origin, String(first), String(last)).split('{2}');
	const terms = licence === '' ? texts.originNoLicence : fill(texts.originLicence, licence);
	const owner = origin.package === '' ? [texts.originOwn] : [origin.package, terms];
	return [before, button, after, showInvisible(` (${owner.join(', ')})`)];
}
