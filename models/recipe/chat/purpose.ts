/** The first sentence of an explanation: from the function's own documentation, or, marked as such, from its name. */

import type { Random } from '../../../src/finetune/training/random';
import { wordsOf } from './docText';
import { pick } from './draw';

/** Imperative to third person, for the verbs that names and summaries begin with. */
const VERBS = new Map(
	`add adjust append apply assert assign bind build calculate call cancel change check clean clear clone close collect combine compare compile compute concat configure convert copy count create decode decrement delete describe deserialize destroy detect determine disable dispatch display download draw emit enable encode ensure escape evaluate execute expand extract fetch fill filter find flatten flush format generate get group handle hash hide highlight increment init initialize insert install invoke iterate join list load locate log lookup make map mark match measure merge modify move normalize notify open parse pause perform pick play prepare print process produce push put query read receive record reduce register reject release remove rename render replace report request reset resolve restore retrieve return reverse round run save scan schedule search select send serialize set setup show shuffle sort split start stop store strip subscribe swap sync take test throw toggle traverse transform translate trim truncate unregister unsubscribe unwrap update upload use validate verify visit wait walk watch wrap write yield`
		.split(' ')
		.map((verb) => [verb, thirdPerson(verb)] as const),
);

function thirdPerson(verb: string): string {
	return /(?:s|sh|ch|x|z|o)$/.test(verb)
		? `${verb}es`
		: /[^aeiou]y$/.test(verb)
			? `${verb.slice(0, -1)}ies`
			: `${verb}s`;
}

/** "Return the sum." → "`add` returns the sum."; a sentence that begins otherwise stays as it is. */
export function fromDocumentation(name: string, summary: string): string {
	const [, first = '', rest = ''] = /^([A-Za-z]+)(.*)$/.exec(summary) ?? [];
	const verb = first.toLowerCase();
	const third = VERBS.get(verb) ?? ([...VERBS.values()].includes(verb) ? verb : undefined);
	// A second verb would have to be changed with the first.
	const isDouble =
		VERBS.has(verb) &&
		[...VERBS.keys()].some((other) => new RegExp(`\\b(?:and|or|then) ${other}\\b`).test(rest));
	return third === undefined || isDouble || rest.startsWith('/') ? summary : `\`${name}\` ${third}${rest}`;
}

/** True whatever the function does: it says that it goes by the name. */
export function fromName(name: string, noun: string, random: Random): string {
	const [first = '', ...others] = wordsOf(name);
	const rest = others.join(' ');
	const going = pick(random, ['Going by its name,', 'Judging by its name,', 'By its name,']);
	const verb = VERBS.get(first);
	if (['is', 'has', 'can', 'should', 'needs'].includes(first) && rest !== '') {
		return `${going} \`${name}\` answers a question with yes or no: ${first} … ${rest}?`;
	}
	if (first === 'on' && rest !== '') {
		return `${going} \`${name}\` is what runs on “${rest}”.`;
	}
	if (first === 'to' && rest !== '') {
		return `${going} \`${name}\` converts something to “${rest}”.`;
	}
	if (verb !== undefined && /^(?:up|down|to|from|by|in|at|with|for|on|off|into|as)\b/.test(rest)) {
		return `${going} \`${name}\` ${verb} something “${rest}”.`;
	}
	if (verb !== undefined) {
		return rest === ''
			? `${going} \`${name}\` ${verb} something.`
			: `${going} \`${name}\` ${verb} “${rest}”.`;
	}
	return pick(random, [
		`This is the ${noun} \`${name}\`; its code does not say what it is for.`,
		`This declares the ${noun} \`${name}\`; I can say what its code does, not what it is for.`,
	]);
}
