import { Api, randomId } from './api.js';
import { element, itemOf } from './elements.js';
import { ActivityLog, CartPanel, ProductPanel, showFacts } from './panels.js';
import { Slate } from './slate.js';

const byId = (id) => document.getElementById(id);
const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

const listLength = 12;
const besideLength = 5;
/** How long the page waits for a list to answer an event before it says that nothing moved. */
const patienceMs = 1_000;

const verbs = { click: 'Opened', view: 'Looked at', add_to_cart: 'Put in the cart', purchase: 'Bought', hide: 'Hid', like: 'Liked', watch: 'Watched' };

const api = new Api();
const log = new ActivityLog();
const slate = new Slate(byId('slate'), (type, item, position) => act(type, item, { placement: 'home', position, answer: home }));
const panel = new ProductPanel((type, item) => act(type, item, { placement: 'item' }));
const cart = new CartPanel(buyCart, removeFromCart);

let visitor = {};
let home = {};
/** Grows with each visitor and each question, so that a late answer to an earlier one is not shown. */
let turn = 0;

await guarded(start);

async function start() {
  const { title, shoppers } = await api.readConfig();
  document.title = title;
  byId('title').textContent = title;
  byId('shopper').append(...shoppers.map(({ id, name }) => element('option', { value: id, text: name })), element('option', { value: '', text: 'A new visitor' }));
  byId('shopper').addEventListener('change', ({ target }) => become(target.value));
  byId('new-visitor').addEventListener('click', () => { byId('shopper').value = ''; become(''); });
  byId('refresh').addEventListener('click', () => guarded(() => refresh()));
  await become(shoppers[0]?.id ?? '');
}

/** Begins a visit as a shopper, or as somebody whom nobody has seen. */
async function become(id) {
  visitor = { ...(id === '' ? { anonymousId: `visitor-${randomId()}` } : { userId: id }), sessionId: `shop-${randomId()}` };
  cart.empty();
  log.clear();
  if (panel.item !== undefined) panel.close();
  byId('slate-heading').textContent = id === '' ? 'For somebody new' : 'Chosen for you, now';
  byId('changes').textContent = '';
  await guarded(() => refresh({ isFresh: true }));
}

/** Asks for the home list and shows it. */
async function refresh({ isFresh = false } = {}) {
  const mine = (turn += 1);
  const { answer, ms } = await ask('home', [], listLength);
  if (mine === turn) showHome(answer, ms, { isFresh });
}

function showHome(answer, ms, options) {
  home = answer;
  showFacts(answer, ms);
  const change = slate.show((answer.items ?? []).map(itemOf), options);
  byId('changes').textContent = change === undefined ? '' : saying(change);
  return change;
}

async function ask(placement, items, limit) {
  const began = performance.now();
  const answer = await api.recommend(visitor, { placement, items, limit });
  return { answer, ms: performance.now() - began };
}

/** Reports what was done, does it on the page, and shows what the list makes of it. */
function act(type, item, { placement, position, answer = {} }) {
  if (type === 'click') openProduct(item);
  if (type === 'add_to_cart') cart.add(item);
  if (type === 'purchase') cart.remove(item);
  if (type === 'hide' && panel.item?.id === item.id) panel.close();
  const isFromList = position !== undefined && position >= 0;
  return happen(`${verbs[type]} ${item.title}`, {
    type, itemId: item.id, placement,
    ...(isFromList ? { position } : {}),
    ...(isFromList && answer.attributionToken !== undefined ? { attributionToken: answer.attributionToken } : {}),
    ...(type === 'purchase' ? { value: item.price, currency: 'EUR' } : {}),
    ...(type === 'watch' ? { value: 1 } : {}),
  }, { changesCart: type === 'add_to_cart' || type === 'purchase' });
}

function buyCart() {
  const { items } = cart;
  const total = items.reduce((sum, { price = 0 }) => sum + price, 0);
  cart.empty();
  return happen(`Bought ${items.map(({ title }) => title).join(', ')}`, {
    type: 'purchase', placement: 'cart', value: Math.round(total * 100) / 100, currency: 'EUR', items: items.map(({ id, price = 0 }) => ({ itemId: id, quantity: 1, price })),
  }, { changesCart: true });
}

function removeFromCart(item) {
  cart.remove(item);
  return guarded(showCartSlate);
}

/** Sends the event, then asks for the list until it has moved or patience is at its end. */
async function happen(what, event, { changesCart }) {
  const mine = (turn += 1);
  const who = visitor;
  const finish = log.begin(what);
  const began = performance.now();
  try {
    await api.report(who, event);
    const acceptedMs = performance.now() - began;
    const [outcome] = await Promise.all([followList(mine, began), changesCart ? showCartSlate() : undefined]);
    finish(`accepted in ${Math.round(acceptedMs)} ms · ${outcome}`);
    hideProblem();
  } catch (error) {
    finish(error.message, true);
    showProblem(error);
  }
}

async function followList(mine, began) {
  const before = slate.ids.join();
  for (let wait = 20; ; wait *= 1.5) {
    const { answer, ms } = await ask('home', [], listLength);
    const elapsed = Math.round(performance.now() - began);
    if (mine !== turn) return 'overtaken by what you did next';
    const hasMoved = (answer.items ?? []).map(({ id }) => id).join() !== before;
    if (hasMoved) return `new list after ${elapsed} ms: ${saying(showHome(answer, ms) ?? {})}`;
    if (elapsed > patienceMs) {
      showHome(answer, ms);
      return 'the list stays as it is';
    }
    await sleep(wait);
  }
}

function openProduct(item) {
  panel.open(item);
  return guarded(async () => {
    const { answer } = await ask('item', [item.id], besideLength);
    if (panel.item?.id !== item.id) return;
    panel.showBeside((answer.items ?? []).map(itemOf), (type, other, position) => act(type, other, { placement: 'item', position, answer }));
  });
}

async function showCartSlate() {
  if (cart.items.length === 0) return;
  const { answer } = await ask('cart', cart.items.map(({ id }) => id), besideLength);
  cart.showBeside((answer.items ?? []).map(itemOf), (type, item, position) => act(type, item, { placement: 'cart', position, answer }));
}

/** "3 moved, 2 new, 2 gone" */
function saying({ moved = 0, entered = 0, left = 0 }) {
  const parts = [[moved, 'moved'], [entered, 'new'], [left, 'gone']].filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return parts.length === 0 ? 'nothing moved' : parts.join(', ');
}

async function guarded(task) {
  try {
    await task();
    hideProblem();
  } catch (error) {
    showProblem(error);
  }
}

function showProblem({ message }) {
  byId('problem').textContent = message;
  byId('problem').hidden = false;
}

function hideProblem() {
  byId('problem').hidden = true;
}
