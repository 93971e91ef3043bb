// Reads a bundle, or a receipt, with Go's own transparency libraries and nothing of ours: an independent reader of the
// formats. `read BUNDLE` prints the number of entries and checkpoints; `read --receipt FILE` the index.
package main

import (
	"archive/zip"
	"bufio"
	"encoding/base64"
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

// checkpoint opens a signed note under a key and returns its origin, size and root.
func checkpoint(raw []byte, key string) (string, int64, tlog.Hash) {
	verifier, err := note.NewVerifier(key)
	check(err)
	opened, err := note.Open(raw, note.VerifierList(verifier))
	check(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	return lines[0], size, root
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
	_, size, root := checkpoint([]byte(row.Checkpoint), row.Key)
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

func readBundle(path string) {
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
	seen := 0
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
			origin, size, root := checkpoint(content(file), manifest.Key)
			got, err := tlog.TreeHash(count, stored)
			check(err)
			need(origin == manifest.Origin && size == count && root == got, "checkpoint %d does not fit", count)
			seen++
		}
	}
	need(count == manifest.Size, "%d entries, want %d", count, manifest.Size)
	fmt.Println("entries", count, "checkpoints", seen)
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == "--receipt" {
		readReceipt(os.Args[2])
	} else {
		readBundle(os.Args[1])
	}
}
