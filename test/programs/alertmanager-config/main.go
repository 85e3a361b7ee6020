// Command alertmanager-config prints the alertmanager.yml that prometheus-operator would make of an AlertmanagerConfig.
//
// It is prometheus-operator's own code that checks the object and builds the file; only the Secrets are made up here.
//
//	alertmanager-config < alertmanager-config.json
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/blang/semver/v4"
	"github.com/prometheus-operator/prometheus-operator/pkg/alertmanager"
	"github.com/prometheus-operator/prometheus-operator/pkg/alertmanager/validation/v1alpha1"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"github.com/prometheus-operator/prometheus-operator/pkg/assets"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// What kube-prometheus-stack's Alertmanager has when nobody configures it.
const platform = "route: {receiver: platform}\nreceivers: [{name: platform}]\n"

// The release whose amtool reads what is printed.
var release = semver.MustParse("0.25.0")

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	ctx := context.Background()
	config := &monitoringv1alpha1.AlertmanagerConfig{}
	text, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(config); err != nil {
		return fmt.Errorf("not an AlertmanagerConfig: %w", err)
	}
	if err := v1alpha1.ValidateAlertmanagerConfig(config); err != nil {
		return fmt.Errorf("the operator refuses it: %w", err)
	}

	secrets, err := madeUp(text, config.Namespace)
	if err != nil {
		return err
	}
	owner := &monitoringv1.Alertmanager{ObjectMeta: metav1.ObjectMeta{Namespace: "monitoring"}}
	store := assets.NewTestStoreBuilder(secrets...)
	builder := alertmanager.NewConfigBuilder(slog.New(slog.DiscardHandler), release, store, owner)
	if err := builder.InitializeFromRawConfiguration([]byte(platform)); err != nil {
		return err
	}
	configs := map[string]*monitoringv1alpha1.AlertmanagerConfig{config.Namespace + "/" + config.Name: config}
	if err := builder.AddAlertmanagerConfigs(ctx, configs); err != nil {
		return fmt.Errorf("the operator makes nothing of it: %w", err)
	}
	generated, err := builder.MarshalJSON()
	if err != nil {
		return err
	}
	_, err = out.Write(generated)
	return err
}

// madeUp is every Secret that the object refers to, each entry a URL: what a webhook wants, and good enough for a key.
func madeUp(config []byte, namespace string) ([]any, error) {
	var tree any
	if err := json.Unmarshal(config, &tree); err != nil {
		return nil, err
	}
	secrets := map[string]*corev1.Secret{}
	var walk func(any)
	walk = func(node any) {
		switch node := node.(type) {
		case []any:
			for _, item := range node {
				walk(item)
			}
		case map[string]any:
			name, named := node["name"].(string)
			key, keyed := node["key"].(string)
			if named && keyed && len(node) == 2 {
				if secrets[name] == nil {
					meta := metav1.ObjectMeta{Name: name, Namespace: namespace}
					secrets[name] = &corev1.Secret{ObjectMeta: meta, Data: map[string][]byte{}}
				}
				secrets[name].Data[key] = []byte("https://" + key + ".example.com")
			}
			for _, item := range node {
				walk(item)
			}
		}
	}
	walk(tree)
	objects := make([]any, 0, len(secrets))
	for _, secret := range secrets {
		objects = append(objects, secret)
	}
	return objects, nil
}
