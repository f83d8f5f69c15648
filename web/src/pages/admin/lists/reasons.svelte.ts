// Why an operator looks at what is people's: asked for with each look and written down there. It is remembered here until
// the page is left, so that who works on one matter says it once.
class Reasons {
  text = $state('')
}

export const reasons = new Reasons()
