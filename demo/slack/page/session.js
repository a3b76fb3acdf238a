import { followEvents, loadState } from './server.js';

/**
 * What one user sees, loaded and followed. `open(user)` resolves with the state, or null when somebody else was chosen
 * meanwhile; from then on `onEvent` hears of every change, and `onReturn` when a lost connection is back.
 */
export function createSession(onEvent, onReturn) {
  let stop = () => {};
  let openings = 0;
  return {
    async open(user) {
      const opening = ++openings;
      stop();
      // Listening starts before the state is read, so that nothing falls between the two.
      const early = [];
      let listener = (event) => early.push(event);
      const following = followEvents(user, (event) => listener(event), onReturn);
      stop = following.stop;
      await following.opened;
      const data = await loadState(user);
      if (opening !== openings) return null;
      const start = () => {
        listener = onEvent;
        early.forEach(onEvent);
      };
      return { data, start };
    },
  };
}
