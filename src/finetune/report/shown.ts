/** What the report's tab shows: one adapter, or several beside each other. Types only. */

export type Shown =
	| { readonly type: 'report'; readonly file: string }
	| { readonly type: 'comparison'; readonly files: readonly string[] };
