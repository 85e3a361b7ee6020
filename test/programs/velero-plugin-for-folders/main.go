// A plugin of Velero that snapshots the volumes of local-path: it copies their folders. It stands in for a storage driver
// that can take snapshots, so that the rest of Velero's way with them can be seen without a cloud. It runs in Velero's own
// Pod, which must have the folder of the volumes at the same path as the node.
package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/google/uuid"
	"github.com/sirupsen/logrus"
	"github.com/vmware-tanzu/velero/pkg/plugin/framework"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

func main() {
	snapshotter := func(logrus.FieldLogger) (any, error) { return &folders{}, nil }
	framework.NewServer().RegisterVolumeSnapshotter("openhands.dev/folders", snapshotter).Serve()
}

// folders has a volume's path for its id, and that of its copy for a snapshot's. Each is a folder beside the volumes.
type folders struct{}

func (*folders) Init(map[string]string) error { return nil }

// copied makes a copy beside a folder, with owners and modes as they are.
func copied(from, prefix string) (string, error) {
	to := filepath.Join(filepath.Dir(from), prefix+uuid.NewString())
	return to, filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		return copyOne(path, filepath.Join(to, name), entry)
	})
}

func copyOne(from, to string, entry fs.DirEntry) error {
	info, err := entry.Info()
	if err != nil {
		return err
	}
	switch {
	case entry.IsDir():
		err = os.Mkdir(to, 0o700)
	case entry.Type() == fs.ModeSymlink:
		var target string
		if target, err = os.Readlink(from); err == nil {
			err = os.Symlink(target, to)
		}
	case entry.Type().IsRegular():
		var content []byte
		if content, err = os.ReadFile(from); err == nil {
			err = os.WriteFile(to, content, 0o600)
		}
	default: // a socket, which is nothing without its process
		return nil
	}
	if err != nil {
		return err
	}
	owner := info.Sys().(*syscall.Stat_t)
	if err := os.Lchown(to, int(owner.Uid), int(owner.Gid)); err != nil || entry.Type() == fs.ModeSymlink {
		return err
	}
	return os.Chmod(to, info.Mode())
}

func (*folders) CreateSnapshot(volume, _ string, _ map[string]string) (string, error) {
	return copied(volume, "snapshot-")
}

func (*folders) CreateVolumeFromSnapshot(snapshot, _, _ string, _ *int64) (string, error) {
	return copied(snapshot, "restored-")
}

func (*folders) DeleteSnapshot(snapshot string) error { return os.RemoveAll(snapshot) }

func (*folders) GetVolumeInfo(string, string) (string, *int64, error) { return "folder", nil, nil }

func (*folders) GetVolumeID(volume runtime.Unstructured) (string, error) {
	path, _, err := unstructured.NestedString(volume.UnstructuredContent(), "spec", "local", "path")
	return path, err
}

func (*folders) SetVolumeID(volume runtime.Unstructured, path string) (runtime.Unstructured, error) {
	return volume, unstructured.SetNestedField(volume.UnstructuredContent(), path, "spec", "local", "path")
}
