// The tutorial's chat on gorilla/websocket, the tutorial's own library, as its documentation's hub
// does it: one goroutine per direction and client, a channel for each client, prepared messages.
package main

import (
	"log"
	"net/http"
	"os"
	"sync"

	"github.com/gorilla/websocket"
)

var upgrader = websocket.Upgrader{
	ReadBufferSize:  1024,
	WriteBufferSize: 1024,
	WriteBufferPool: &sync.Pool{},
	CheckOrigin:     func(*http.Request) bool { return true },
}

type client struct {
	conn *websocket.Conn
	send chan *websocket.PreparedMessage
}

var (
	mu      sync.Mutex
	clients = map[*client]struct{}{}
)

func broadcast(body []byte) {
	text := make([]byte, 0, len(body)+24)
	text = append(text, `{"type":1,"body":"`...)
	text = append(text, body...)
	text = append(text, "\"}\n"...)
	message, err := websocket.NewPreparedMessage(websocket.TextMessage, text)
	if err != nil {
		return
	}
	mu.Lock()
	defer mu.Unlock()
	for c := range clients {
		select {
		case c.send <- message:
		default: // as the documentation's hub: whoever is too far behind has to go
			delete(clients, c)
			close(c.send)
		}
	}
}

func (c *client) write() {
	defer c.conn.Close()
	for message := range c.send {
		if c.conn.WritePreparedMessage(message) != nil {
			return
		}
	}
}

func serveChat(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	c := &client{conn: conn, send: make(chan *websocket.PreparedMessage, 256)}
	mu.Lock()
	clients[c] = struct{}{}
	mu.Unlock()
	go c.write()
	for {
		_, body, err := conn.ReadMessage()
		if err != nil {
			break
		}
		broadcast(body)
	}
	mu.Lock()
	if _, there := clients[c]; there {
		delete(clients, c)
		close(c.send)
	}
	mu.Unlock()
}

func serveEcho(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	for {
		kind, body, err := conn.ReadMessage()
		if err != nil || conn.WriteMessage(kind, body) != nil {
			return
		}
	}
}

func main() {
	http.HandleFunc("/ws", serveChat)
	http.HandleFunc("/echo", serveEcho)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[1], nil))
}
