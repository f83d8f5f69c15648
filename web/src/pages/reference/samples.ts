// Code that makes a call, in the languages people write clients in. Secrets come from the environment, never from this page.
import { encoded, type Values } from './attempt'
import { isSigned, needsSession, type Head } from './model'

export const LANGUAGES = ['curl', 'python', 'javascript'] as const
export type CodeLanguage = (typeof LANGUAGES)[number]

const quotedForShell = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
const isInQuery = (method: string) => method === 'GET' || method === 'DELETE'

/** Write the code of a call. `origin` is where the exchange is. */
export function codeOf(language: CodeLanguage, origin: string, call: Head, values: Values): string {
  if (call.method === 'WS') return socketCode(language, origin, call, values)
  return { curl, python, javascript }[language](origin, call, values)
}

function curl(origin: string, call: Head, values: Values): string {
  const { method, path } = call
  const query = encoded(values)
  const verb = method === 'GET' ? '' : ` -X ${method}`
  if (!isSigned(call)) return plainCurl(`curl${verb}`, origin + path, method, query)
  if (needsSession(call)) {
    const token = method === 'GET' ? '' : ` -H "x-csrf-token: $CSRF_TOKEN"`
    return plainCurl(`curl${verb} -b "$COOKIES"${token}`, origin + path, method, query)
  }
  const target = isInQuery(method)
    ? `"${origin}${path}?$query&signature=$signature"`
    : `${quotedForShell(origin + path)} \\\n  -d "$query&signature=$signature"`
  return [
    `query=${quotedForShell(query && `${query}&`)}"timestamp=$(date +%s000)"`,
    `signature=$(printf %s "$query" | openssl dgst -sha256 -hmac "$RIALTO_SECRET" -hex | sed 's/^.* //')`,
    `curl${verb} -H "X-MBX-APIKEY: $RIALTO_KEY" ${target}`,
  ].join('\n')
}

function plainCurl(command: string, url: string, method: string, query: string): string {
  if (isInQuery(method) || !query) return `${command} ${quotedForShell(query ? `${url}?${query}` : url)}`
  return `${command} ${quotedForShell(url)} \\\n  -d ${quotedForShell(query)}`
}

const pythonText = (text: string) => JSON.stringify(text)

function pythonValues(values: Values): string {
  if (values.length === 0) return '{}'
  return `{\n${values.map(([name, value]) => `    ${pythonText(name)}: ${pythonText(value)},\n`).join('')}}`
}

function python(origin: string, call: Head, values: Values): string {
  const { method, path } = call
  const place = isInQuery(method) ? 'params' : 'data'
  const verb = method.toLowerCase()
  const url = pythonText(origin + path)
  if (!isSigned(call)) {
    const sent = values.length > 0 ? `, ${place}=parameters` : ''
    const given = values.length > 0 ? `parameters = ${pythonValues(values)}\n` : ''
    return `import requests\n\n${given}answer = requests.${verb}(${url}${sent})\nprint(answer.status_code, answer.json())`
  }
  if (needsSession(call)) {
    return `import os\nimport requests\n\nparameters = ${pythonValues(values)}
answer = requests.${verb}(
    ${url},
    ${place}=parameters,
    headers={"cookie": os.environ["COOKIES"], "x-csrf-token": os.environ["CSRF_TOKEN"]},
)
print(answer.status_code, answer.json())`
  }
  const sent = isInQuery(method) ? `${url} + "?" + query` : `${url}, data=query`
  return `import hashlib, hmac, os, time
from urllib.parse import urlencode

import requests

parameters = ${pythonValues(values)}
query = urlencode({**parameters, "timestamp": int(time.time() * 1000)})
signature = hmac.new(os.environ["RIALTO_SECRET"].encode(), query.encode(), hashlib.sha256).hexdigest()
query += "&signature=" + signature
headers = {"X-MBX-APIKEY": os.environ["RIALTO_KEY"]}
${isInQuery(method) ? '' : 'headers["content-type"] = "application/x-www-form-urlencoded"\n'}answer = requests.${verb}(${sent}, headers=headers)
print(answer.status_code, answer.json())`
}

function javascriptValues(values: Values): string {
  if (values.length === 0) return '{}'
  return `{\n${values.map(([name, value]) => `  ${name}: ${JSON.stringify(value)},\n`).join('')}}`
}

function javascript(origin: string, call: Head, values: Values): string {
  const { method, path } = call
  const url = JSON.stringify(origin + path)
  const asked = isInQuery(method)
  if (!isSigned(call) || needsSession(call)) {
    const headers = isSigned(call)
      ? ', headers: { cookie: process.env.COOKIES, "x-csrf-token": process.env.CSRF_TOKEN }'
      : ''
    const target = values.length > 0 && asked ? `${url} + "?" + parameters` : url
    const body = values.length > 0 && !asked ? ', body: parameters' : ''
    const given = values.length > 0 ? `const parameters = new URLSearchParams(${javascriptValues(values)})\n` : ''
    const options = method === 'GET' && !headers ? '' : `, { method: "${method}"${headers}${body} }`
    return `${given}const answer = await fetch(${target}${options})\nconsole.log(answer.status, await answer.json())`
  }
  const target = asked ? `${url} + "?" + parameters` : url
  return `import { createHmac } from "node:crypto"

const parameters = new URLSearchParams(${javascriptValues(values)})
parameters.set("timestamp", Date.now())
const signature = createHmac("sha256", process.env.RIALTO_SECRET).update(parameters.toString()).digest("hex")
parameters.set("signature", signature)
const answer = await fetch(${target}, {
  method: "${method}",
  headers: { "X-MBX-APIKEY": process.env.RIALTO_KEY },${asked ? '' : '\n  body: parameters,'}
})
console.log(answer.status, await answer.json())`
}

function socketCode(language: CodeLanguage, origin: string, call: Head, values: Values): string {
  const url = `${origin.replace(/^http/, 'ws')}/ws-api/v3`
  const params = Object.fromEntries(values)
  const request = { id: 1, method: call.path, ...(values.length > 0 ? { params } : {}) }
  const text = JSON.stringify(request, null, 2)
  if (language === 'curl')
    return `# websocat sends each line as a message\nwebsocat ${url} <<< ${quotedForShell(JSON.stringify(request))}`
  if (language === 'python') {
    return `import asyncio, json\nimport websockets\n\nrequest = ${JSON.stringify(request, null, 4)}

async def main():
    async with websockets.connect(${pythonText(url)}) as socket:
        await socket.send(json.dumps(request))
        print(await socket.recv())

asyncio.run(main())`
  }
  return `const socket = new WebSocket(${JSON.stringify(url)})
socket.onopen = () => socket.send(JSON.stringify(${text}))
socket.onmessage = ({ data }) => console.log(JSON.parse(data))`
}
