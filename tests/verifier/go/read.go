// Reads a bundle, or a receipt, with Go's own transparency libraries and nothing of ours: an independent reader of the
// formats. `read BUNDLE [KEY]` prints the number of entries and checkpoints, and of those that the witness of this key has
// cosigned; `read --receipt FILE` the index; `read --cosign NAME SEED TIME FILE` a witness's line over a checkpoint's text.
package main

import (
	"archive/zip"
	"bufio"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func need(holds bool, format string, values ...interface{}) {
	if !holds {
		check(fmt.Errorf(format, values...))
	}
}

type hashes []tlog.Hash

func (stored hashes) ReadHashes(places []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(places))
	for n, place := range places {
		found[n] = stored[place]
	}
	return found, nil
}

func content(file *zip.File) []byte {
	reader, err := file.Open()
	check(err)
	defer reader.Close()
	raw, err := io.ReadAll(reader)
	check(err)
	return raw
}

// cosigner is a witness's key of C2SP tlog-cosignature (0x04) for Go's notes.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.hash }
func (c cosigner) Verify(text, signature []byte) bool {
	return len(signature) == 8+ed25519.SignatureSize &&
		ed25519.Verify(c.key, statement(binary.BigEndian.Uint64(signature), text), signature[8:])
}

func statement(moment uint64, text []byte) []byte {
	return append([]byte(fmt.Sprintf("cosignature/v1\ntime %d\n", moment)), text...)
}

func cosignerHash(name string, key ed25519.PublicKey) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n\x04"), key...))
	return binary.BigEndian.Uint32(sum[:4])
}

func newCosigner(text string) cosigner {
	parts := strings.SplitN(text, "+", 3)
	need(len(parts) == 3, "%s is no key", text)
	raw, err := base64.StdEncoding.DecodeString(parts[2])
	check(err)
	need(len(raw) == 33 && raw[0] == 4, "%s is no key of a witness", text)
	found := cosigner{parts[0], cosignerHash(parts[0], raw[1:]), raw[1:]}
	need(fmt.Sprintf("%08x", found.hash) == parts[1], "the hash in %s", text)
	return found
}

func cosign(name, seed, moment, path string) {
	raw, err := hex.DecodeString(seed)
	check(err)
	key := ed25519.NewKeyFromSeed(raw)
	at, err := strconv.ParseUint(moment, 10, 64)
	check(err)
	text, err := os.ReadFile(path)
	check(err)
	line := binary.BigEndian.AppendUint32(nil, cosignerHash(name, key.Public().(ed25519.PublicKey)))
	line = binary.BigEndian.AppendUint64(line, at)
	line = append(line, ed25519.Sign(key, statement(at, text))...)
	fmt.Printf("— %s %s\n", name, base64.StdEncoding.EncodeToString(line))
}

// checkpoint opens a signed note under a key and returns its origin, size and root, and how many others have signed it.
func checkpoint(raw []byte, key string, others ...note.Verifier) (string, int64, tlog.Hash, int) {
	verifier, err := note.NewVerifier(key)
	check(err)
	opened, err := note.Open(raw, note.VerifierList(append(others, verifier)...))
	check(err)
	own := false
	for _, signature := range opened.Sigs {
		own = own || signature.Hash == verifier.KeyHash() && signature.Name == verifier.Name()
	}
	need(own, "no signature of the log")
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	return lines[0], size, root, len(opened.Sigs) - 1
}

func readReceipt(path string) {
	var row struct {
		Entry, Checkpoint, Key string
		Index                  int64
		Proof                  []string
	}
	raw, err := os.ReadFile(path)
	check(err)
	check(json.Unmarshal(raw, &row))
	_, size, root, _ := checkpoint([]byte(row.Checkpoint), row.Key)
	var proof tlog.RecordProof
	for _, text := range row.Proof {
		var hash tlog.Hash
		part, err := base64.StdEncoding.DecodeString(text)
		check(err)
		copy(hash[:], part)
		proof = append(proof, hash)
	}
	check(tlog.CheckRecord(proof, size, root, row.Index, tlog.RecordHash([]byte(row.Entry))))
	fmt.Println("index", row.Index)
}

func readBundle(path string, witnesses ...note.Verifier) {
	archive, err := zip.OpenReader(path)
	check(err)
	files := map[string]*zip.File{}
	for _, file := range archive.File {
		files[file.Name] = file
	}
	var manifest struct {
		Format, Scope, Origin, Key string
		Size                       int64
	}
	check(json.Unmarshal(content(files["manifest.json"]), &manifest))
	need(manifest.Format == "tongchou-log/1", "format %s", manifest.Format)

	var stored hashes
	var count int64
	seen, cosigned := 0, 0
	reader, err := files["entries.jsonl"].Open()
	check(err)
	lines := bufio.NewReader(reader)
	for {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF {
			break
		}
		check(err)
		more, err := tlog.StoredHashes(count, line[:len(line)-1], stored)
		check(err)
		stored = append(stored, more...)
		count++
		if file := files[fmt.Sprintf("checkpoints/%d.txt", count)]; file != nil {
			origin, size, root, others := checkpoint(content(file), manifest.Key, witnesses...)
			got, err := tlog.TreeHash(count, stored)
			check(err)
			need(origin == manifest.Origin && size == count && root == got, "checkpoint %d does not fit", count)
			seen++
			cosigned += others
		}
	}
	need(count == manifest.Size, "%d entries, want %d", count, manifest.Size)
	fmt.Println("entries", count, "checkpoints", seen, "cosigned", cosigned)
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == "--receipt" {
		readReceipt(os.Args[2])
	} else if len(os.Args) == 6 && os.Args[1] == "--cosign" {
		cosign(os.Args[2], os.Args[3], os.Args[4], os.Args[5])
	} else if len(os.Args) == 3 {
		readBundle(os.Args[1], newCosigner(os.Args[2]))
	} else {
		readBundle(os.Args[1])
	}
}
