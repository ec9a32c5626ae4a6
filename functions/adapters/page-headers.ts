import { PAGE_POLICY } from '../render/html/document.ts';

/** What every page that we serve says about itself: it is HTML, loads nothing, and stands in nobody's frame. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `${PAGE_POLICY}; frame-ancestors 'none'`,
  // Not `no-referrer`: with it browsers send `Origin: null` with our own form (Fetch, "append a request Origin header").
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;
