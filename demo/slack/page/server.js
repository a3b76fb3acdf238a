/** Everything one user sees now. */
export async function loadState(user) {
  const answer = await fetch(`/page-api/state${user === '' ? '' : `?user=${encodeURIComponent(user)}`}`);
  return answer.json();
}

/**
 * Calls `onEvent` for everything that happens within the user's sight, and `onReturn` when a lost connection is back.
 * `opened` resolves once nothing is missed any more.
 */
export function followEvents(user, onEvent, onReturn) {
  const source = new EventSource(`/page-api/events${user === '' ? '' : `?user=${encodeURIComponent(user)}`}`);
  let lost = false;
  source.addEventListener('message', (event) => onEvent(JSON.parse(event.data)));
  source.addEventListener('error', () => {
    lost = true;
  });
  const opened = new Promise((resolve) => {
    source.addEventListener('open', () => {
      if (lost) onReturn();
      lost = false;
      resolve();
    });
  });
  return { opened, stop: () => source.close() };
}

/** Does something as a user: the app's acknowledgement, or an error in words. */
export async function act(input) {
  try {
    const answer = await fetch('/page-api/act', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(input),
    });
    return await answer.json();
  } catch (error) {
    return { error: error.message };
  }
}
