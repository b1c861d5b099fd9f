import net from 'node:net'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
const s = net.createServer(c=>{c.on('error',()=>{})}).listen(0,'127.0.0.1'); await once(s,'listening')
const run = (args,env={}) => spawn(process.execPath,['--import','tsx','src/cli.ts',...args],{stdio:['ignore','pipe','pipe'],env:{PATH:process.env.PATH,SCHEDULER_ENGINEAPI_USERNAME:'a',SCHEDULER_ENGINEAPI_PASSWORD:'b',REDIS_URL:`redis://127.0.0.1:${s.address().port}`,...env}})
for (const cmd of ['worker','producer']) for (const two of [false,true]) {
 const c = run([cmd]); c.stderr.pipe(process.stderr); await once(s,'connection'); await new Promise(r=>setTimeout(r,300))
 const t=Date.now(); c.kill('SIGINT'); if(two){ await new Promise(r=>setTimeout(r,5)); c.kill('SIGINT')}
 console.log(cmd, two, await once(c,'close'), Date.now()-t)
}
{ const c = run(['status']); c.stderr.pipe(process.stderr); await Promise.race([once(s,'connection'),once(c,'close')]); c.kill('SIGTERM'); const t=Date.now(); console.log('status', c.exitCode ?? await once(c,'close'), Date.now()-t) }
{ const c = run(['simulate','--port','0']); await once(c.stdout,'data'); c.stdout.destroy(); 
  c.kill('SIGTERM'); console.log('sim', await once(c,'close')) }
{ const c = run(['simulate','--port','0']); const [d]=await once(c.stdout,'data'); c.stdout.destroy(); let e='';c.stderr.on('data',d=>e+=d)
  const url=/http:\S+:\d+/.exec(String(d))[0]; const t=Date.now(); await fetch(url+'/login',{method:'POST',body:'{}'}).catch(()=>{}); await fetch(url+'/login',{method:'POST',body:'{}'}).catch(()=>{}); console.log('sim epipe', await once(c,'close'), Date.now()-t, e) }
s.close(); process.exit()
