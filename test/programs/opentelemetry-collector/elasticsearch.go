package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configcompression"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"
)

// elasticsearchConfig has those keys of contrib's elasticsearchexporter that the rendered configuration sets. Any other
// is refused, as the collector refuses a key that a component does not know.
type elasticsearchConfig struct {
	confighttp.ClientConfig `mapstructure:",squash"`
	QueueBatchConfig        configoptional.Optional[exporterhelper.QueueBatchConfig] `mapstructure:"sending_queue"`
	Endpoints               []string                                                 `mapstructure:"endpoints"`
	LogsIndex               string                                                   `mapstructure:"logs_index"`
	LogsDynamicID           dynamicIDConfig                                          `mapstructure:"logs_dynamic_id"`
	Retry                   retryConfig                                              `mapstructure:"retry"`
}

type dynamicIDConfig struct {
	Enabled bool `mapstructure:"enabled"`
}

type retryConfig struct {
	Enabled         bool          `mapstructure:"enabled"`
	MaxRetries      int           `mapstructure:"max_retries"`
	InitialInterval time.Duration `mapstructure:"initial_interval"`
	MaxInterval     time.Duration `mapstructure:"max_interval"`
	RetryOnStatus   []int         `mapstructure:"retry_on_status"`
}

func (config *elasticsearchConfig) Validate() error {
	if len(config.Endpoints) != 1 {
		return errors.New("the stand-in takes exactly one endpoint")
	}
	_, err := url.Parse(config.Endpoints[0])
	return err
}

// newElasticsearchFactory makes the type `elasticsearch`.
//
// It stands in for contrib's elasticsearchexporter, whose module cannot be had where these tests run. Real are the
// collector's own parts: the queue (exporterhelper), the HTTP client with TLS, gzip and an
// authenticator (confighttp), and refusing unknown keys. Imitated is what contrib's does with them, read in its sources and README: without a queue it is
// synchronous and its error goes back to the sender; the mode `bodymap`, chosen by the scope's attribute
// `elastic.mapping.mode`, makes the record's body the document; one action `create` for each record, `_id` from the
// attribute `elasticsearch.document_id`; a request, and a document, that fails with one of `retry_on_status` is tried
// again `max_retries` times, within `timeout`; any other document that Elasticsearch refuses is logged and dropped. It
// does not ask whether the server is Elasticsearch: contrib's no longer does, so OpenSearch will do.
// https://github.com/open-telemetry/opentelemetry-collector-contrib/pull/45104
func newElasticsearchFactory() exporter.Factory {
	return exporter.NewFactory(component.MustNewType("elasticsearch"), defaultElasticsearchConfig,
		exporter.WithLogs(newElasticsearchExporter, component.StabilityLevelBeta))
}

func defaultElasticsearchConfig() component.Config {
	client := confighttp.NewDefaultClientConfig()
	client.Timeout = 90 * time.Second
	client.Compression = configcompression.TypeGzip
	return &elasticsearchConfig{
		ClientConfig:     client,
		QueueBatchConfig: configoptional.Some(exporterhelper.NewDefaultQueueConfig()),
		Retry: retryConfig{Enabled: true, MaxRetries: 2, InitialInterval: 100 * time.Millisecond,
			MaxInterval: time.Minute, RetryOnStatus: []int{http.StatusTooManyRequests}},
	}
}

type elasticsearchExporter struct {
	config    *elasticsearchConfig
	telemetry component.TelemetrySettings
	client    *http.Client
}

func newElasticsearchExporter(ctx context.Context, set exporter.Settings, config component.Config) (exporter.Logs, error) {
	it := &elasticsearchExporter{config: config.(*elasticsearchConfig), telemetry: set.TelemetrySettings}
	return exporterhelper.NewLogs(ctx, set, config, it.push,
		exporterhelper.WithStart(it.start),
		exporterhelper.WithQueue(it.config.QueueBatchConfig),
		exporterhelper.WithTimeout(exporterhelper.TimeoutConfig{Timeout: 0}))
}

func (it *elasticsearchExporter) start(ctx context.Context, host component.Host) (err error) {
	it.client, err = it.config.ToClient(ctx, host.GetExtensions(), it.telemetry)
	return err
}

// action is what the bulk API is asked to do: the line that says so and the document.
type action struct {
	lines  []byte
	status int
}

func (it *elasticsearchExporter) push(ctx context.Context, logs plog.Logs) error {
	actions, err := it.actions(logs)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, it.config.Timeout)
	defer cancel()
	for attempt := 0; len(actions) > 0; attempt++ {
		if attempt > 0 {
			if err := it.pause(ctx, attempt); err != nil {
				return err
			}
		}
		err := it.send(ctx, actions)
		mayRetry := it.config.Retry.Enabled && attempt < it.config.Retry.MaxRetries
		var refused *requestRefused
		if err != nil && (!mayRetry || (errors.As(err, &refused) && !it.isRetried(refused.status))) {
			return err
		}
		actions = it.left(actions, mayRetry)
	}
	return nil
}

// left are the actions that are to be tried again; what is not stored and not tried again is told and gone.
func (it *elasticsearchExporter) left(actions []*action, mayRetry bool) (left []*action) {
	for _, action := range actions {
		switch {
		case action.status == 0, mayRetry && it.isRetried(action.status):
			left = append(left, action)
		case action.status >= 300:
			it.telemetry.Logger.Error("failed to index document", zap.Int("http.response.status_code", action.status))
		}
	}
	return left
}

func (it *elasticsearchExporter) isRetried(status int) bool {
	return slices.Contains(it.config.Retry.RetryOnStatus, status)
}

func (it *elasticsearchExporter) pause(ctx context.Context, attempt int) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(min(it.config.Retry.MaxInterval, it.config.Retry.InitialInterval<<(attempt-1))):
		return nil
	}
}

func (it *elasticsearchExporter) actions(logs plog.Logs) (actions []*action, err error) {
	for _, resource := range logs.ResourceLogs().All() {
		for _, scope := range resource.ScopeLogs().All() {
			mode, _ := scope.Scope().Attributes().Get("elastic.mapping.mode")
			if mode.AsString() != "bodymap" {
				return nil, fmt.Errorf("the stand-in knows the mapping mode bodymap alone, got %q", mode.AsString())
			}
			for _, record := range scope.LogRecords().All() {
				action, err := it.action(record)
				if err != nil {
					return nil, err
				}
				actions = append(actions, action)
			}
		}
	}
	return actions, nil
}

func (it *elasticsearchExporter) action(record plog.LogRecord) (*action, error) {
	if record.Body().Type() != pcommon.ValueTypeMap {
		return nil, fmt.Errorf("invalid log record body type for 'bodymap' mapping mode: %q", record.Body().Type())
	}
	target := map[string]string{"_index": it.config.LogsIndex}
	if id, ok := record.Attributes().Get("elasticsearch.document_id"); ok && it.config.LogsDynamicID.Enabled {
		target["_id"] = id.AsString()
	}
	var lines bytes.Buffer
	encoder := json.NewEncoder(&lines)
	if err := errors.Join(encoder.Encode(map[string]any{"create": target}), encoder.Encode(record.Body().Map().AsRaw())); err != nil {
		return nil, err
	}
	return &action{lines: lines.Bytes()}, nil
}

type requestRefused struct{ status int }

func (err *requestRefused) Error() string { return fmt.Sprintf("flush failed (%d)", err.status) }

// send asks for all actions in one request and writes down what became of each.
func (it *elasticsearchExporter) send(ctx context.Context, actions []*action) error {
	var body bytes.Buffer
	for _, action := range actions {
		body.Write(action.lines)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(it.config.Endpoints[0], "/")+"/_bulk", &body)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-ndjson")
	response, err := it.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode >= 300 {
		_, _ = io.Copy(io.Discard, response.Body)
		return &requestRefused{response.StatusCode}
	}
	return note(response.Body, actions)
}

func note(body io.Reader, actions []*action) error {
	var answer struct {
		Items []map[string]struct{ Status int }
	}
	if err := json.NewDecoder(body).Decode(&answer); err != nil {
		return err
	}
	if len(answer.Items) != len(actions) {
		return fmt.Errorf("%d answers to %d actions", len(answer.Items), len(actions))
	}
	for index, item := range answer.Items {
		actions[index].status = item["create"].Status
	}
	return nil
}
